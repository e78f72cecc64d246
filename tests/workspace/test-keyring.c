/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "workspace-fixture.h"

#include "aisle-secret.h"

#include <gio/gio.h>

/* The keyring on a bus of the test's own: none there, or one that never answers. Each case is a
 * process of its own, because a process remembers whether the keyring answered. */

static GTestDBus *
start_bus (void)
{
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  if (!daemon)
    {
      g_test_skip ("dbus-daemon is not installed");
      return NULL;
    }
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_unsetenv ("AISLE_KEYS");
  return bus;
}

/* Stores, finds and deletes, and gives the seconds that took. */
static double
use_secret (void)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  g_assert_true (aisle_secret_store ("token test", "s3cret", &error));
  g_assert_no_error (error);
  char *value = aisle_secret_look_up ("token test", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (value, ==, "s3cret");
  aisle_secret_free (value);
  g_assert_true (aisle_secret_delete ("token test", &error));
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
test_none (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GTestDBus) bus = start_bus ();
      g_assert_cmpfloat (use_secret (), <, 2.5);
      g_test_dbus_down (bus);
      return;
    }
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  if (!daemon)
    {
      g_test_skip ("dbus-daemon is not installed");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* Takes every message to us and says nothing. */
static GDBusMessage *
swallow_cb (GDBusConnection *connection, GDBusMessage *message, gboolean is_incoming, gpointer data)
{
  if (is_incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    {
      g_object_unref (message);
      return NULL;
    }
  return message;
}

static void
test_silent (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GTestDBus) bus = start_bus ();
      g_autoptr (GDBusConnection) keyring = g_dbus_connection_new_for_address_sync (
          g_test_dbus_get_bus_address (bus),
          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
              | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
          NULL, NULL, &error);
      g_assert_no_error (error);
      g_dbus_connection_add_filter (keyring, swallow_cb, NULL, NULL);
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
          keyring, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
          "RequestName", g_variant_new ("(su)", "org.freedesktop.secrets", 0u), NULL,
          G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      g_assert_no_error (error);
      double seconds = use_secret ();
      g_assert_cmpfloat (seconds, >, 1.5);
      g_assert_cmpfloat (seconds, <, 3.5);
      /* It is not asked a second time. */
      g_assert_cmpfloat (use_secret (), <, 1);
      g_dbus_connection_close_sync (keyring, NULL, NULL);
      g_clear_object (&keyring);
      g_test_dbus_down (bus);
      return;
    }
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  if (!daemon)
    {
      g_test_skip ("dbus-daemon is not installed");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workspace/keyring/none", test_none);
  g_test_add_func ("/workspace/keyring/silent", test_silent);
  return workspace_fixture_run_tests ();
}
