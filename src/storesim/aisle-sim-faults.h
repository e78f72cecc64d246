/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What shall go wrong, on purpose, in the reference store system: a list of rules, asked once for
 * each request. A rule looks at some requests and strikes at some of those; the first rule that
 * strikes decides. docs/store-api.md describes the language; aisle_sim_faults_help() prints it. */

typedef enum
{
  AISLE_SIM_FAULT_NONE,
  AISLE_SIM_FAULT_DELAY,     /* wait, then do and answer as always */
  AISLE_SIM_FAULT_DROP,      /* close the connection, nothing done */
  AISLE_SIM_FAULT_LOST,      /* do it, close the connection without an answer */
  AISLE_SIM_FAULT_TRUNCATE,  /* do it, half of the answer's body, then close */
  AISLE_SIM_FAULT_GARBAGE,   /* do it, answer 200 with bytes that are no JSON */
  AISLE_SIM_FAULT_HTML,      /* nothing done, answer 200 with a page */
  AISLE_SIM_FAULT_DRIP,      /* do it, answer a byte at a time */
  AISLE_SIM_FAULT_DUPLICATE, /* do it twice, give the second answer */
  AISLE_SIM_FAULT_STATUS,    /* nothing done, answer `status` */
  AISLE_SIM_FAULT_PARTIAL,   /* do half of a batch, then 500, or close with cut=1 */
  AISLE_SIM_FAULT_CRASH,     /* the process kills itself: before, during or after the transaction */
} AisleSimFaultKind;

typedef enum
{
  AISLE_SIM_CRASH_BEFORE,
  AISLE_SIM_CRASH_DURING,
  AISLE_SIM_CRASH_AFTER,
} AisleSimCrashMoment;

typedef struct
{
  AisleSimFaultKind kind;
  guint status;              /* of AISLE_SIM_FAULT_STATUS */
  guint milliseconds;        /* of a delay, and between the bytes of a drip */
  guint retry_after_seconds; /* of 429 and 503; 0: not told */
  gboolean is_cut;           /* of a partial batch */
  AisleSimCrashMoment moment;
} AisleSimFault;

typedef struct _AisleSimFaults AisleSimFaults;

/* `spec` NULL or "": nothing goes wrong. Errors: G_OPTION_ERROR_BAD_VALUE, with the rule in words.
 */
AisleSimFaults *aisle_sim_faults_new (const char *spec, GError **error);
void aisle_sim_faults_free (AisleSimFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleSimFaults, aisle_sim_faults_free)

/* The fault for this request; counts it. `body` may be NULL. */
AisleSimFault aisle_sim_faults_next (AisleSimFaults *faults,
                                     const char *method,
                                     const char *path,
                                     const char *body,
                                     gsize body_length);

/* Appends {"spec":..,"rules":[{"rule","seen","struck"}]} as JSON. */
void aisle_sim_faults_append_json (AisleSimFaults *faults, GString *out);

/* The language of rules, for --help. */
const char *aisle_sim_faults_help (void);
