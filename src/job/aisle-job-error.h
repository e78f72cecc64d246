/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What a job can add to the errors of the parts it drives. */

#define AISLE_JOB_ERROR (aisle_job_error_quark ())

typedef enum
{
  AISLE_JOB_ERROR_NOTHING_TO_DO, /* no sales to forecast, nothing to propose: the message says what
                                    is missing */
  AISLE_JOB_ERROR_REFUSED,       /* a rule, a state or a permission forbids it: exit status 4 */
  AISLE_JOB_ERROR_INVALID,       /* the caller asked for something that cannot be */
  AISLE_JOB_ERROR_FAILED,
} AisleJobError;

GQuark aisle_job_error_quark (void);
