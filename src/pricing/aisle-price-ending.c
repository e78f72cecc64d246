/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-price-ending.h"

#include "aisle-pricing-error.h"

#include <string.h>

/* The endings sorted and without repeats, so that a price has a place among the allowed ones:
 * number = whole moduli * endings + place of the ending. */
typedef struct
{
  gint64 modulus;
  gint64 endings[AISLE_PRICE_MAX_ENDINGS];
  gint64 n;
  gint64 offset; /* the number of the first allowed price above 0: 1 where 0 itself is an ending */
} Ladder;

static void
build_ladder (const AislePriceEndings *endings, Ladder *ladder)
{
  *ladder = (Ladder){ .modulus = 1, .n = 1, .offset = 1 }; /* every price: endings {0} of 1 */
  if (endings->n_endings == 0 || endings->modulus < 1)
    return;
  ladder->modulus = endings->modulus;
  ladder->n = 0;
  for (gsize i = 0; i < MIN (endings->n_endings, AISLE_PRICE_MAX_ENDINGS); i++)
    {
      gint64 ending = CLAMP (endings->endings[i], 0, endings->modulus - 1);
      gint64 place = 0;
      while (place < ladder->n && ladder->endings[place] < ending)
        place++;
      if (place < ladder->n && ladder->endings[place] == ending)
        continue;
      memmove (&ladder->endings[place + 1], &ladder->endings[place],
               (gsize) (ladder->n - place) * sizeof (gint64));
      ladder->endings[place] = ending;
      ladder->n++;
    }
  ladder->offset = ladder->endings[0] == 0 ? 1 : 0;
}

static gint64
index_of (const Ladder *ladder, gint64 price_minor)
{
  if (price_minor <= 0)
    return 0;
  gint64 whole = price_minor / ladder->modulus, rest = price_minor % ladder->modulus;
  gint64 place = 0;
  while (place < ladder->n && ladder->endings[place] < rest)
    place++;
  return whole * ladder->n + place - ladder->offset;
}

static gint64
price_at (const Ladder *ladder, gint64 index)
{
  gint64 number = MAX (index, 0) + ladder->offset;
  return number / ladder->n * ladder->modulus + ladder->endings[number % ladder->n];
}

gboolean
aisle_price_endings_parse (const char *text, AislePriceEndings *endings, GError **error)
{
  AislePriceEndings parsed = { .modulus = 100 };
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", -1);
  gsize length = 0;
  for (char **part = parts; *part; part++)
    {
      const char *digits = g_strstrip (*part);
      gsize n_digits = strlen (digits);
      if (n_digits == 0 && parts[1] == NULL)
        break;
      if (n_digits == 0 || n_digits > 6 || strspn (digits, "0123456789") != n_digits
          || (length != 0 && n_digits != length))
        {
          g_set_error (
              error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING,
              "“%s” is not a price ending; give the last digits, all equally long, such as "
              "99,49,95",
              digits);
          return FALSE;
        }
      if (parsed.n_endings == AISLE_PRICE_MAX_ENDINGS)
        {
          g_set_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING,
                       "there are more than %d price endings; leave some out",
                       AISLE_PRICE_MAX_ENDINGS);
          return FALSE;
        }
      length = n_digits;
      parsed.endings[parsed.n_endings++] = g_ascii_strtoll (digits, NULL, 10);
    }
  if (length > 0)
    for (parsed.modulus = 1; length > 0; length--)
      parsed.modulus *= 10;
  *endings = parsed;
  return TRUE;
}

gboolean
aisle_price_has_ending (gint64 price_minor, const AislePriceEndings *endings)
{
  Ladder ladder;
  build_ladder (endings, &ladder);
  return price_minor > 0 && price_at (&ladder, index_of (&ladder, price_minor)) == price_minor;
}

gint64
aisle_price_ending_index (gint64 price_minor, const AislePriceEndings *endings)
{
  Ladder ladder;
  build_ladder (endings, &ladder);
  return index_of (&ladder, price_minor);
}

gint64
aisle_price_ending_at (gint64 index, const AislePriceEndings *endings)
{
  Ladder ladder;
  build_ladder (endings, &ladder);
  return price_at (&ladder, index);
}

gboolean
aisle_price_round_to_ending (gint64 price_minor,
                             const AislePriceEndings *endings,
                             AisleEndingDirection direction,
                             gint64 lower_minor,
                             gint64 upper_minor,
                             gint64 *result_minor)
{
  Ladder ladder;
  build_ladder (endings, &ladder);
  gint64 aim = CLAMP (price_minor, 0, G_MAXINT64 / 32);

  gint64 above_index = index_of (&ladder, aim);
  gint64 above = price_at (&ladder, above_index);
  gint64 below = above == aim ? above : above_index > 0 ? price_at (&ladder, above_index - 1) : 0;
  gboolean has_above = above >= lower_minor && above <= upper_minor;
  gboolean has_below = below > 0 && below >= lower_minor && below <= upper_minor;

  gboolean takes_above;
  if (direction == AISLE_ENDING_UP)
    takes_above = TRUE;
  else if (direction == AISLE_ENDING_DOWN)
    takes_above = FALSE;
  else
    takes_above = has_above && (!has_below || above - aim < aim - below);

  if (takes_above ? !has_above : !has_below)
    return FALSE;
  *result_minor = takes_above ? above : below;
  return TRUE;
}
