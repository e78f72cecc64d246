/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-guardrail-settings.h"

#include "aisle-pricing-error.h"

/* Prices that end in 5 or 9 look priced; any other set is a setting away. */
#define DEFAULT_ENDINGS "5,9"

static gboolean
read_number (AisleWorkspace *workspace, const char *name, gint64 *value, GError **error)
{
  g_autofree char *text = aisle_workspace_get_setting (workspace, name);
  if (!text)
    return TRUE;
  if (g_ascii_string_to_signed (text, 10, -1, G_MAXINT32, value, NULL))
    return TRUE;
  g_set_error (error, AISLE_PRICING_ERROR, AISLE_PRICING_ERROR_SETTING,
               "setting %s: “%s” is not a whole number; correct it", name, text);
  return FALSE;
}

gboolean
aisle_guardrail_settings_load (AisleWorkspace *workspace,
                               const char *currency,
                               AisleGuardrailSettings *settings,
                               GError **error)
{
  aisle_guardrail_settings_init (settings, currency);
  const struct
  {
    const char *name;
    gint64 *value;
  } numbers[] = {
    { "guardrail.min_margin_ppm", &settings->min_margin_ppm },
    { "guardrail.min_promotion_margin_ppm", &settings->min_promotion_margin_ppm },
    { "guardrail.largest_step_ppm", &settings->largest_step_ppm },
    { "guardrail.largest_discount_ppm", &settings->largest_discount_ppm },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!read_number (workspace, numbers[i].name, numbers[i].value, error))
      return FALSE;
  gint64 cooling_off = settings->cooling_off_days;
  if (!read_number (workspace, "guardrail.cooling_off_days", &cooling_off, error))
    return FALSE;
  settings->cooling_off_days = (int) cooling_off;
  g_autofree char *endings = aisle_workspace_get_setting (workspace, "guardrail.endings");
  return aisle_price_endings_parse (endings ? endings : DEFAULT_ENDINGS, &settings->endings, error)
         && aisle_guardrail_settings_validate (settings, error);
}
