/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aisle-cli.h"

/* Every command of aislectl, each defined in the file named after it. */
extern const AisleCliCommand aisle_cli_help_command;
extern const AisleCliCommand aisle_cli_backtest_command;
extern const AisleCliCommand aisle_cli_forecast_command;
extern const AisleCliCommand aisle_cli_change_command;
extern const AisleCliCommand aisle_cli_propose_command;
extern const AisleCliCommand aisle_cli_stock_command;
extern const AisleCliCommand aisle_cli_info_command;
extern const AisleCliCommand aisle_cli_push_command;
extern const AisleCliCommand aisle_cli_system_command;
extern const AisleCliCommand aisle_cli_export_command;
extern const AisleCliCommand aisle_cli_import_command;
extern const AisleCliCommand aisle_cli_init_command;
extern const AisleCliCommand aisle_cli_staff_command;
extern const AisleCliCommand aisle_cli_log_command;
extern const AisleCliCommand aisle_cli_backup_command;
extern const AisleCliCommand aisle_cli_restore_command;
extern const AisleCliCommand aisle_cli_key_command;
extern const AisleCliCommand aisle_cli_sample_command;
