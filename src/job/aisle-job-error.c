/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-job-error.h"

G_DEFINE_QUARK (aisle_job_error_quark, aisle_job_error)
