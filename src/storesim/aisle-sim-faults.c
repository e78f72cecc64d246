/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-sim-faults.h"

#include "aisle-json.h"
#include "aisle-random.h"

#include <string.h>

typedef struct
{
  char *text;
  AisleSimFault fault;
  char *method; /* NULL: any */
  char *path;   /* a prefix; NULL: any */
  char *body;   /* a piece of the body; NULL: any */
  guint64 nth;  /* 0: not by number */
  guint64 every;
  guint64 times; /* strike at most so often; 0: no limit */
  guint64 skip;  /* let so many matching requests pass first */
  double rate;   /* below 0: not by chance */
  guint64 seed;
  AisleRandom random;
  guint64 n_seen;
  guint64 n_struck;
} Rule;

struct _AisleSimFaults
{
  char *spec;
  GPtrArray *rules;
};

static const struct
{
  const char *name;
  AisleSimFaultKind kind;
} kinds[] = {
  { "delay", AISLE_SIM_FAULT_DELAY },     { "drop", AISLE_SIM_FAULT_DROP },
  { "lost", AISLE_SIM_FAULT_LOST },       { "truncate", AISLE_SIM_FAULT_TRUNCATE },
  { "garbage", AISLE_SIM_FAULT_GARBAGE }, { "html", AISLE_SIM_FAULT_HTML },
  { "drip", AISLE_SIM_FAULT_DRIP },       { "duplicate", AISLE_SIM_FAULT_DUPLICATE },
  { "partial", AISLE_SIM_FAULT_PARTIAL }, { "crash", AISLE_SIM_FAULT_CRASH },
};

static void
free_rule (gpointer data)
{
  Rule *rule = data;
  g_free (rule->text);
  g_free (rule->method);
  g_free (rule->path);
  g_free (rule->body);
  g_free (rule);
}

static gboolean
set_kind (Rule *rule, const char *name, GError **error)
{
  guint64 status = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (name, kinds[i].name))
      {
        rule->fault.kind = kinds[i].kind;
        return TRUE;
      }
  if (g_ascii_string_to_unsigned (name, 10, 400, 599, &status, NULL))
    {
      rule->fault.kind = AISLE_SIM_FAULT_STATUS;
      rule->fault.status = (guint) status;
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "fault \"%s\": unknown; use delay, drop, lost, truncate, garbage, html, drip, "
               "duplicate, partial, crash or a status from 400 to 599",
               name);
  return FALSE;
}

static gboolean
set_number (const char *rule, const char *text, guint64 max, guint64 *value, GError **error)
{
  if (g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "fault \"%s\": \"%s\" is not a whole number from 0 to %" G_GUINT64_FORMAT, rule,
               text, max);
  return FALSE;
}

static gboolean
set_match (Rule *rule, const char *value)
{
  const char *space = strchr (value, ' ');
  g_free (rule->method);
  g_free (rule->path);
  rule->method = NULL;
  rule->path = NULL;
  if (!space)
    {
      rule->path = g_strdup (value);
      return value[0] == '/';
    }
  if (!g_str_has_prefix (value, "* "))
    rule->method = g_strndup (value, (gsize) (space - value));
  rule->path = g_strdup (space + 1);
  return space[1] == '/';
}

static gboolean
set_moment (Rule *rule, const char *value)
{
  static const char *const moments[] = { "before", "during", "after" };
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    if (g_str_equal (value, moments[i]))
      {
        rule->fault.moment = (AisleSimCrashMoment) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
set_option (Rule *rule, const char *name, const char *value, GError **error)
{
  guint64 number = 0;
  gboolean is_good = TRUE;
  char *end = NULL;

  if (g_str_equal (name, "match"))
    is_good = set_match (rule, value);
  else if (g_str_equal (name, "body"))
    {
      g_free (rule->body);
      rule->body = g_strdup (value);
    }
  else if (g_str_equal (name, "when"))
    is_good = set_moment (rule, value);
  else if (g_str_equal (name, "rate"))
    {
      rule->rate = g_ascii_strtod (value, &end);
      is_good = *value && !*end && rule->rate >= 0 && rule->rate <= 1;
    }
  else if (g_str_equal (name, "nth"))
    return set_number (rule->text, value, G_MAXINT64, &rule->nth, error);
  else if (g_str_equal (name, "every"))
    return set_number (rule->text, value, G_MAXINT64, &rule->every, error);
  else if (g_str_equal (name, "times"))
    return set_number (rule->text, value, G_MAXINT64, &rule->times, error);
  else if (g_str_equal (name, "skip"))
    return set_number (rule->text, value, G_MAXINT64, &rule->skip, error);
  else if (g_str_equal (name, "seed"))
    return set_number (rule->text, value, G_MAXINT64, &rule->seed, error);
  else if (g_str_equal (name, "ms"))
    {
      if (!set_number (rule->text, value, 3600000, &number, error))
        return FALSE;
      rule->fault.milliseconds = (guint) number;
    }
  else if (g_str_equal (name, "after"))
    {
      if (!set_number (rule->text, value, 86400, &number, error))
        return FALSE;
      rule->fault.retry_after_seconds = (guint) number;
    }
  else if (g_str_equal (name, "cut"))
    {
      if (!set_number (rule->text, value, 1, &number, error))
        return FALSE;
      rule->fault.is_cut = number == 1;
    }
  else
    is_good = FALSE;

  if (!is_good)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "fault \"%s\": do not understand %s=%s", rule->text, name, value);
  return is_good;
}

static Rule *
parse_rule (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  Rule *rule = g_new0 (Rule, 1);
  rule->text = g_strdup (text);
  rule->rate = -1;
  rule->fault.moment = AISLE_SIM_CRASH_DURING;
  rule->fault.milliseconds = 50;

  gboolean is_good = set_kind (rule, parts[0] ? parts[0] : "", error);
  for (guint i = 1; is_good && parts[i]; i++)
    {
      char *sign = strchr (parts[i], '=');
      if (!sign)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "fault \"%s\": \"%s\" is not of the form name=value", text, parts[i]);
          is_good = FALSE;
          break;
        }
      *sign = '\0';
      is_good = set_option (rule, parts[i], sign + 1, error);
    }
  if (!is_good)
    {
      free_rule (rule);
      return NULL;
    }
  aisle_random_init (&rule->random, rule->seed);
  return rule;
}

AisleSimFaults *
aisle_sim_faults_new (const char *spec, GError **error)
{
  g_autoptr (AisleSimFaults) faults = g_new0 (AisleSimFaults, 1);
  faults->spec = g_strdup (spec ? spec : "");
  faults->rules = g_ptr_array_new_with_free_func (free_rule);

  g_auto (GStrv) texts = g_strsplit (faults->spec, ",", -1);
  for (guint i = 0; texts[i]; i++)
    {
      g_strstrip (texts[i]);
      if (!texts[i][0])
        continue;
      Rule *rule = parse_rule (texts[i], error);
      if (!rule)
        return NULL;
      g_ptr_array_add (faults->rules, rule);
    }
  return g_steal_pointer (&faults);
}

void
aisle_sim_faults_free (AisleSimFaults *faults)
{
  if (!faults)
    return;
  g_free (faults->spec);
  g_clear_pointer (&faults->rules, g_ptr_array_unref);
  g_free (faults);
}

static gboolean
matches (const Rule *rule,
         const char *method,
         const char *path,
         const char *body,
         gsize body_length)
{
  if (rule->method && !g_str_equal (rule->method, method))
    return FALSE;
  if (rule->path && !g_str_has_prefix (path, rule->path))
    return FALSE;
  return !rule->body || (body && memmem (body, body_length, rule->body, strlen (rule->body)));
}

/* Every condition that was given must hold. The random number is drawn for each request looked at,
 * so that the same seed strikes the same requests whatever the other conditions are. */
static gboolean
strikes (Rule *rule)
{
  double drawn = rule->rate >= 0 ? aisle_random_uniform (&rule->random) : 0;
  rule->n_seen++;
  if (rule->n_seen <= rule->skip)
    return FALSE;
  guint64 number = rule->n_seen - rule->skip;
  if (rule->nth > 0 && number != rule->nth)
    return FALSE;
  if (rule->every > 0 && number % rule->every != 0)
    return FALSE;
  if (rule->rate >= 0 && drawn >= rule->rate)
    return FALSE;
  return rule->times == 0 || rule->n_struck < rule->times;
}

AisleSimFault
aisle_sim_faults_next (AisleSimFaults *faults,
                       const char *method,
                       const char *path,
                       const char *body,
                       gsize body_length)
{
  AisleSimFault fault = { .kind = AISLE_SIM_FAULT_NONE };
  for (guint i = 0; i < faults->rules->len; i++)
    {
      Rule *rule = g_ptr_array_index (faults->rules, i);
      if (!matches (rule, method, path, body, body_length) || !strikes (rule))
        continue;
      if (fault.kind != AISLE_SIM_FAULT_NONE)
        continue;
      rule->n_struck++;
      fault = rule->fault;
    }
  return fault;
}

void
aisle_sim_faults_append_json (AisleSimFaults *faults, GString *out)
{
  g_string_append (out, "{\"spec\":");
  aisle_json_append_text (out, faults->spec);
  g_string_append (out, ",\"rules\":[");
  for (guint i = 0; i < faults->rules->len; i++)
    {
      const Rule *rule = g_ptr_array_index (faults->rules, i);
      g_string_append (out, i > 0 ? ",{\"rule\":" : "{\"rule\":");
      aisle_json_append_text (out, rule->text);
      g_string_append_printf (out,
                              ",\"seen\":%" G_GUINT64_FORMAT ",\"struck\":%" G_GUINT64_FORMAT "}",
                              rule->n_seen, rule->n_struck);
    }
  g_string_append (out, "]}");
}

const char *
aisle_sim_faults_help (void)
{
  return "Faults, for tests: RULE[,RULE...], a RULE is FAULT[:option=value...].\n"
         "  delay:ms=50    wait, then do and answer as always\n"
         "  drop           close the connection, nothing done\n"
         "  lost           do it, close the connection without an answer\n"
         "  truncate       do it, give half of the answer, close\n"
         "  garbage        do it, answer 200 with bytes that are no JSON\n"
         "  html           nothing done, answer 200 with a web page\n"
         "  drip:ms=50     do it, answer a byte at a time\n"
         "  duplicate      do it twice, give the second answer\n"
         "  400 .. 599     nothing done, answer that status; 429:after=1 sets Retry-After\n"
         "  partial        do half of a batch, then 500; partial:cut=1 closes instead\n"
         "  crash          kill this process; when=before, during (default) or after the writing\n"
         "Options of every rule; all that are given must hold:\n"
         "  match=METHOD /path   only requests whose path begins so; * for any method\n"
         "  body=TEXT            only requests whose body holds TEXT\n"
         "  skip=N               let N such requests pass first\n"
         "  nth=N  every=N       the N-th such request; each N-th one\n"
         "  rate=0.1:seed=5      by chance, the same for the same seed\n"
         "  times=N              at most N times\n"
         "The first rule that strikes decides. GET and POST /__faults (with the token) show and\n"
         "change the rules while the program runs: {\"spec\":\"lost:every=7\"}.\n";
}
