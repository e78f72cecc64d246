/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-guardrail.h"
#include "aisle-workspace.h"

/* The guardrails of this workspace: the engine's defaults, and over them the workspace's settings
 * guardrail.min_margin_ppm, guardrail.min_promotion_margin_ppm, guardrail.largest_step_ppm,
 * guardrail.largest_discount_ppm, guardrail.cooling_off_days and guardrail.endings ("99,49,95").
 * AISLE_PRICING_ERROR where a setting is out of its range, with its name. */
gboolean aisle_guardrail_settings_load (AisleWorkspace *workspace,
                                        const char *currency,
                                        AisleGuardrailSettings *settings,
                                        GError **error);
