/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-model.h"

#include "aisle-forecast-panel.h"

#include <string.h>

/* Names that are known, but without an engine so far. */
static const char *const later_models[] = { "theta", "mstl", "arima", "global", "ensemble", NULL };

AisleForecastModel
aisle_cli_read_model (AisleCli *cli, const char *name)
{
  AisleForecastModel model = aisle_forecast_model_from_name (name);
  if (model != AISLE_FORECAST_NONE)
    return model;
  g_autoptr (GString) known = g_string_new (NULL);
  for (int i = AISLE_FORECAST_AUTO; i < AISLE_FORECAST_N_MODELS; i++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? " " : "",
                            aisle_forecast_model_get_name (i));
  gboolean is_later = g_strv_contains (later_models, name) || g_str_has_prefix (name, "ets:");
  aisle_cli_wrong_usage (cli, "model “%s” %s; there are: %s", name,
                         is_later ? "is not built in yet" : "is not known", known->str);
  return AISLE_FORECAST_NONE;
}

gboolean
aisle_cli_read_count (AisleCli *cli, const char *option, const char *text, int maximum, int *value)
{
  gint64 number;
  if (!text)
    {
      aisle_cli_wrong_usage (cli, "%s is missing; see “aislectl help %s”", option, cli->command);
      return FALSE;
    }
  if (!g_ascii_string_to_signed (text, 10, 1, maximum, &number, NULL))
    {
      aisle_cli_wrong_usage (cli, "%s: “%s” is not a whole number from 1 to %d", option, text,
                             maximum);
      return FALSE;
    }
  *value = (int) number;
  return TRUE;
}

gboolean
aisle_cli_read_season (AisleCli *cli, const char *text, int *season)
{
  if (!text)
    return aisle_cli_read_count (cli, "--season", NULL, AISLE_FORECAST_MAX_SEASON, season);
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  if (g_strv_length (parts) > 2)
    {
      aisle_cli_wrong_usage (cli, "--season: “%s” names more than two seasons", text);
      return FALSE;
    }
  int second = 0;
  if (!aisle_cli_read_count (cli, "--season", parts[0] ? parts[0] : "", AISLE_FORECAST_MAX_SEASON,
                             season)
      || (parts[0] && parts[1]
          && !aisle_cli_read_count (cli, "--season", parts[1], AISLE_FORECAST_MAX_SEASON, &second)))
    return FALSE;
  if (second > 0)
    aisle_cli_say (cli, "no model uses the second season (%d) yet; it is left out", second);
  return TRUE;
}
