/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-cli-commands.h"

/* In the order in which "help" lists them. */
const AisleCliCommand *const aisle_cli_commands[] = {
  &aisle_cli_help_command,
  &aisle_cli_forecast_command,
  &aisle_cli_backtest_command,
  &aisle_cli_change_command,
  &aisle_cli_propose_command,
  &aisle_cli_stock_command,
  &aisle_cli_push_command,
  &aisle_cli_system_command,
  &aisle_cli_info_command,
  &aisle_cli_init_command,
  &aisle_cli_sample_command,
  &aisle_cli_import_command,
  &aisle_cli_export_command,
  &aisle_cli_staff_command,
  &aisle_cli_log_command,
  &aisle_cli_backup_command,
  &aisle_cli_restore_command,
  &aisle_cli_key_command,
  NULL,
};
