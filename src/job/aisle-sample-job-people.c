/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sample-job-people-private.h"

#include "aisle-change-types.h"
#include "aisle-sample-job-range-private.h"
#include "aisle-sample-tables.h"
#include "aisle-staff.h"

#include <string.h>

#define GB "GB"
#define REDUCED_SHARE 0.9
#define SMALLEST_PRICE_MILLI 10

typedef struct
{
  const char *name;
  double weight; /* share of customers */
  double older;  /* 1: as everywhere; above: more people of 60 and over */
  double cities; /* share who live in cities */
} Region;

/* Shares roughly as people are spread over the kingdom; the region of the planted disparity is an
 * ordinary one in all other respects. */
static const Region british_regions[] = {
  { AISLE_SAMPLE_PLANTED_REGION, 0.04, 1.0, 0.4 },
  { "North West", 0.11, 1.0, 0.5 },
  { "Yorkshire and the Humber", 0.08, 1.0, 0.45 },
  { "East Midlands", 0.07, 1.0, 0.35 },
  { "West Midlands", 0.09, 1.0, 0.5 },
  { "East of England", 0.1, 1.1, 0.2 },
  { "London", 0.15, 0.6, 1.0 },
  { "South East", 0.15, 1.1, 0.3 },
  { "South West", 0.09, 1.3, 0.25 },
  { "Wales", 0.04, 1.2, 0.3 },
  { "Scotland", 0.06, 1.0, 0.45 },
  { "Northern Ireland", 0.02, 0.9, 0.35 },
};
static const Region other_regions[] = {
  { "North", 0.2, 1.0, 0.4 }, { "South", 0.2, 1.0, 0.4 },  { "East", 0.2, 1.0, 0.4 },
  { "West", 0.2, 1.0, 0.4 },  { "Centre", 0.2, 0.9, 0.6 },
};

static const char *const age_bands[] = { "18-29", "30-44", "45-59", "60 and over" };
static const double age_weights[] = { 0.16, 0.33, 0.31, 0.2 };

typedef struct
{
  guint customer;
  guint store;
  guint n;
} Visits;

static AisleSampleCustomer *
get_customer (GArray *customers, GHashTable *places, guint32 number)
{
  gpointer place;
  if (!g_hash_table_lookup_extended (places, GUINT_TO_POINTER (number), NULL, &place))
    {
      AisleSampleCustomer customer = { .number = number };
      g_array_append_val (customers, customer);
      place = GUINT_TO_POINTER (customers->len - 1);
      g_hash_table_insert (places, GUINT_TO_POINTER (number), place);
    }
  return &g_array_index (customers, AisleSampleCustomer, GPOINTER_TO_UINT (place));
}

static gboolean
is_reduced (const AisleSampleLine *line, const AisleSampleSeries *series)
{
  return line->kind == AISLE_SAMPLE_SALE && line->price_milli >= SMALLEST_PRICE_MILLI
         && line->price_milli < REDUCED_SHARE * 10.0 * (double) series->net_minor;
}

/* Series come by store, so that the lines of one store are counted before the next one's. */
static void
gather_customers (const AisleSampleSource *source, GArray *customers)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) here = g_hash_table_new (NULL, NULL);
  guint store = G_MAXUINT;
  for (guint i = 0; i < source->series->len; i++)
    {
      const AisleSampleSeries *series = aisle_sample_series (source, i);
      gboolean is_goods = !aisle_sample_product (source, series->product)->is_service;
      if (series->store != store)
        g_hash_table_remove_all (here);
      store = series->store;
      for (guint k = series->begin; k < series->end; k++)
        {
          const AisleSampleLine *line =
              aisle_sample_line (source, g_array_index (source->by_series, guint, k));
          if (line->customer == AISLE_SAMPLE_NO_CUSTOMER)
            continue;
          AisleSampleCustomer *customer = get_customer (customers, places, line->customer);
          gpointer key = GUINT_TO_POINTER (line->customer);
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (here, key)) + 1;
          g_hash_table_insert (here, key, GUINT_TO_POINTER (n));
          if (n > customer->n_lines)
            {
              customer->n_lines = n;
              customer->store = store;
            }
          customer->was_reduced |= is_goods && is_reduced (line, series);
        }
    }
}

static gsize
draw_index (AisleRandom *random, const double *weights, gsize n)
{
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += weights[i];
  double at = sum * aisle_random_uniform (random);
  for (gsize i = 0; i + 1 < n; i++)
    {
      at -= weights[i];
      if (at < 0)
        return i;
    }
  return n - 1;
}

static void
draw_attributes (const AisleSampleSource *source, AisleSampleCustomer *customer, guint64 seed)
{
  char key[16];
  g_snprintf (key, sizeof key, "%u", customer->number);
  AisleRandom random = aisle_sample_stream (seed, "customer", key);
  gboolean is_british = strcmp (source->stores[customer->store].code, GB) == 0;
  const Region *regions = is_british ? british_regions : other_regions;
  gsize n = is_british ? G_N_ELEMENTS (british_regions) : G_N_ELEMENTS (other_regions);
  double weights[G_N_ELEMENTS (british_regions)];
  for (gsize i = 0; i < n; i++)
    {
      gboolean is_planted = strcmp (regions[i].name, AISLE_SAMPLE_PLANTED_REGION) == 0;
      weights[i] = regions[i].weight;
      if (is_planted && !customer->was_reduced)
        weights[i] *= AISLE_SAMPLE_PLANTED_FACTOR;
    }
  const Region *region = &regions[draw_index (&random, weights, n)];
  double ages[G_N_ELEMENTS (age_weights)];
  memcpy (ages, age_weights, sizeof ages);
  ages[G_N_ELEMENTS (ages) - 1] *= region->older;
  customer->region = region->name;
  customer->age_band = age_bands[draw_index (&random, ages, G_N_ELEMENTS (ages))];
  double where = aisle_random_uniform (&random);
  customer->settlement = where < region->cities                                ? "city"
                         : where < region->cities + (1 - region->cities) * 0.7 ? "town"
                                                                               : "village";
}

static int
compare_number_cb (gconstpointer a, gconstpointer b)
{
  const AisleSampleCustomer *one = a, *other = b;
  return one->number < other->number ? -1 : one->number > other->number;
}

GArray *
aisle_sample_customers_new (const AisleSampleSource *source, guint64 seed)
{
  GArray *customers = g_array_new (FALSE, FALSE, sizeof (AisleSampleCustomer));
  gather_customers (source, customers);
  g_array_sort (customers, compare_number_cb);
  for (guint i = 0; i < customers->len; i++)
    draw_attributes (source, &g_array_index (customers, AisleSampleCustomer, i), seed);
  return customers;
}

static gboolean
write_area (AisleWorkspace *workspace, const char *store, guint64 seed, GError **error)
{
  static const char *const incomes[] = { "low", "middle", "high" };
  static const char *const ages[] = { "younger", "mixed", "older" };
  static const char *const settlements[] = { "city", "town", "village" };
  AisleRandom random = aisle_sample_stream (seed, "area", store);
  return aisle_sample_put_area (workspace, store, "income",
                                incomes[aisle_random_below (&random, G_N_ELEMENTS (incomes))], TRUE,
                                error)
         && aisle_sample_put_area (workspace, store, "age_profile",
                                   ages[aisle_random_below (&random, G_N_ELEMENTS (ages))], TRUE,
                                   error)
         && aisle_sample_put_area (
             workspace, store, "settlement",
             settlements[aisle_random_below (&random, G_N_ELEMENTS (settlements))], FALSE, error);
}

gboolean
aisle_sample_write_areas (AisleWorkspace *workspace,
                          const AisleSampleSource *source,
                          guint64 seed,
                          GError **error)
{
  for (guint i = 0; i < source->n_stores; i++)
    if (source->has_lines[i] && !write_area (workspace, source->stores[i].code, seed, error))
      return FALSE;
  return write_area (workspace, aisle_sample_get_market_hall ()->code, seed, error);
}

static gboolean
find_id (AisleWorkspace *workspace, const char *name, gint64 *id, GError **error)
{
  g_autoptr (AislePerson) person = aisle_staff_find (workspace, name, error);
  if (!person)
    return FALSE;
  *id = person->id;
  return TRUE;
}

/* The first two are simply added; from then on Eva asks and Ben confirms. */
gboolean
aisle_sample_add_staff (AisleWorkspace *workspace, GError **error)
{
  const char *const market_only[] = { aisle_sample_get_market_hall ()->code, NULL };
  const AislePersonWish wishes[] = {
    { "Eva", AISLE_ROLE_ADMIN | AISLE_ROLE_ACCOUNTABLE_MANAGER, NULL, "eva" },
    { "Ben", AISLE_ROLE_APPROVER, NULL, "ben" },
    { "Ana", AISLE_ROLE_MERCHANDISER, NULL, "ana" },
    { "Mia", AISLE_ROLE_STORE_MANAGER, market_only, "mia" },
    { "Noor", AISLE_ROLE_PRIVACY_OFFICER, NULL, "noor" },
  };
  gint64 eva = 0, ben = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      gboolean waits = FALSE;
      if (!aisle_staff_add (workspace, &wishes[i], eva, &waits, error)
          || (waits && !aisle_staff_confirm (workspace, wishes[i].name, ben, error))
          || (i == 0 && !find_id (workspace, "Eva", &eva, error))
          || (i == 1 && !find_id (workspace, "Ben", &ben, error)))
        return FALSE;
    }
  return TRUE;
}
