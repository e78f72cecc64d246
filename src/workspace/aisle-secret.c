/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <libsecret/secret.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYRING_PATIENCE_US (2 * G_USEC_PER_SEC)
#define CANCEL_PATIENCE_US (G_USEC_PER_SEC / 5)
#define NAME_MAX_LENGTH 200
#define VALUE_MAX_SIZE (64 * 1024)

static const SecretSchema schema = {
  .name = "org.aisle.Secret",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "name", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

/* What the first question to the keyring showed; the process keeps to it. */
typedef enum
{
  KEYRING_NOT_ASKED,
  KEYRING_ANSWERS,
  KEYRING_SILENT,
} KeyringState;

static GMutex keyring_mutex;
static KeyringState keyring_state;

/* One call to the keyring. Counted, because a call that ignores its cancellation may come back
 * after we have stopped waiting for it. */
typedef struct
{
  gint references;
  gboolean is_done;
  GAsyncResult *result;
} Call;

static void
call_unref (Call *call)
{
  if (!g_atomic_int_dec_and_test (&call->references))
    return;
  g_clear_object (&call->result);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_unref)

static void
call_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  call->result = g_object_ref (result);
  call->is_done = TRUE;
  call_unref (call);
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Iterates `context` until the call is done or the patience is over. */
static gboolean
wait_for (Call *call, GMainContext *context, gint64 patience_us)
{
  gint64 deadline = g_get_monotonic_time () + patience_us;
  g_autoptr (GSource) tick = g_timeout_source_new (20);
  g_source_set_callback (tick, wake_cb, NULL, NULL);
  g_source_attach (tick, context);
  while (!call->is_done && g_get_monotonic_time () < deadline)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (tick);
  return call->is_done;
}

typedef enum
{
  TASK_PROBE,
  TASK_STORE,
  TASK_LOOK_UP,
  TASK_DELETE,
} Task;

static void
start_task (Task task, const char *name, const char *value, GCancellable *cancellable, Call *call)
{
  g_atomic_int_inc (&call->references);
  g_autoptr (GHashTable) attributes = g_hash_table_new (g_str_hash, g_str_equal);
  if (name)
    g_hash_table_insert (attributes, (gpointer) "name", (gpointer) name);
  g_autofree char *label = g_strdup_printf ("Aisle: %s", name ? name : "");
  switch (task)
    {
    case TASK_PROBE:
      secret_service_get (SECRET_SERVICE_OPEN_SESSION, cancellable, call_done_cb, call);
      break;
    case TASK_STORE:
      secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, value,
                              cancellable, call_done_cb, call);
      break;
    case TASK_LOOK_UP:
      secret_password_lookupv (&schema, attributes, cancellable, call_done_cb, call);
      break;
    case TASK_DELETE:
      secret_password_clearv (&schema, attributes, cancellable, call_done_cb, call);
      break;
    }
}

static gboolean
finish_task (Task task, GAsyncResult *result, char **found, GError **error)
{
  g_autoptr (GError) local = NULL;
  switch (task)
    {
    case TASK_PROBE:
      {
        g_autoptr (SecretService) service = secret_service_get_finish (result, &local);
        break;
      }
    case TASK_STORE:
      secret_password_store_finish (result, &local);
      break;
    case TASK_LOOK_UP:
      {
        char *value = secret_password_lookup_finish (result, &local);
        *found = g_strdup (value);
        secret_password_free (value);
        break;
      }
    case TASK_DELETE:
      secret_password_clear_finish (result, &local);
      break;
    }
  if (!local)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
               "the keyring said: %s; unlock it, or keep the keys in files with AISLE_KEYS=file",
               local->message);
  return FALSE;
}

/* In a main context of its own, so that it works on any thread and runs nobody else's callbacks. */
static gboolean
ask_keyring (Task task, const char *name, const char *value, char **found, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (Call) call = g_new0 (Call, 1);
  call->references = 1;
  g_main_context_push_thread_default (context);
  start_task (task, name, value, cancellable, call);
  gboolean is_done = wait_for (call, context, KEYRING_PATIENCE_US);
  if (!is_done)
    {
      g_cancellable_cancel (cancellable);
      wait_for (call, context, CANCEL_PATIENCE_US);
    }
  gboolean is_good = is_done && finish_task (task, call->result, found, error);
  /* What the call leaves behind is freed in our context or never. */
  g_clear_object (&call->result);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  if (is_done)
    return is_good;
  g_set_error (
      error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
      "the keyring did not answer within two seconds; unlock it and try again, or keep the "
      "keys in files with AISLE_KEYS=file");
  return FALSE;
}

/* Without an address and without the usual socket, asking would only start things. */
static gboolean
has_session_bus (void)
{
  if (g_getenv ("DBUS_SESSION_BUS_ADDRESS"))
    return TRUE;
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  return g_file_test (socket, G_FILE_TEST_EXISTS);
}

static gboolean
keyring_answers (void)
{
  if (g_strcmp0 (g_getenv ("AISLE_KEYS"), "file") == 0)
    return FALSE;
  g_mutex_lock (&keyring_mutex);
  if (keyring_state == KEYRING_NOT_ASKED)
    keyring_state = has_session_bus () && ask_keyring (TASK_PROBE, NULL, NULL, NULL, NULL)
                        ? KEYRING_ANSWERS
                        : KEYRING_SILENT;
  gboolean answers = keyring_state == KEYRING_ANSWERS;
  g_mutex_unlock (&keyring_mutex);
  return answers;
}

static char *
file_for (const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, " ", FALSE);
  g_autofree char *base = g_strconcat (escaped, ".key", NULL);
  return g_build_filename (g_get_user_config_dir (), "aisle", "keys", base, NULL);
}

static gboolean
check_private (const char *path, const struct stat *info, gboolean is_folder, GError **error)
{
  const char *wrong = NULL;
  if (S_ISLNK (info->st_mode))
    wrong = "is a link; put the real one in its place";
  else if (is_folder ? !S_ISDIR (info->st_mode) : !S_ISREG (info->st_mode))
    wrong = is_folder ? "is not a folder" : "is not a plain file";
  else if (info->st_uid != geteuid ())
    wrong = "belongs to somebody else";
  else if (info->st_mode & 077)
    wrong = is_folder
                ? "can be opened by others; make it private with “chmod 700”"
                : "can be read by others; make it private with “chmod 600”, and think of a new key";
  if (!wrong)
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY, "%s: %s", path, wrong);
  return FALSE;
}

static gboolean
set_file_error (const char *path, const char *verb, GError **error)
{
  int code = errno;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY, "%s: could not be %s: %s",
               path, verb, g_strerror (code));
  return FALSE;
}

static gboolean
check_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat info;
  if (lstat (folder, &info) != 0)
    return errno == ENOENT ? TRUE : set_file_error (folder, "read", error);
  return check_private (folder, &info, TRUE, error);
}

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0)
    {
      ssize_t written = write (fd, data, size);
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return FALSE;
      data += written;
      size -= (gsize) written;
    }
  return TRUE;
}

static gboolean
store_file (const char *name, const char *value, GError **error)
{
  g_autofree char *path = file_for (name);
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_file_error (folder, "made", error);
  if (!check_folder (path, error))
    return FALSE;
  g_autofree char *scratch = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (scratch, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_file_error (path, "written", error);
  gboolean is_whole = write_all (fd, value, strlen (value)) && fsync (fd) == 0;
  is_whole = close (fd) == 0 && is_whole;
  if (is_whole && rename (scratch, path) == 0)
    return TRUE;
  set_file_error (path, "written", error);
  unlink (scratch);
  return FALSE;
}

static char *
look_up_file (const char *name, GError **error)
{
  g_autofree char *path = file_for (name);
  if (!check_folder (path, error))
    return NULL;
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  struct stat info;
  if (fd < 0)
    {
      if (errno == ELOOP && lstat (path, &info) == 0)
        check_private (path, &info, FALSE, error);
      else if (errno != ENOENT)
        set_file_error (path, "read", error);
      return NULL;
    }
  char *value = NULL;
  if (fstat (fd, &info) != 0 || info.st_size > VALUE_MAX_SIZE)
    set_file_error (path, "read", error);
  else if (check_private (path, &info, FALSE, error))
    {
      value = g_malloc0 ((gsize) info.st_size + 1);
      gsize size = 0;
      ssize_t got;
      while (size < (gsize) info.st_size
             && (got = read (fd, value + size, (gsize) info.st_size - size)) > 0)
        size += (gsize) got;
      if (size < (gsize) info.st_size)
        {
          set_file_error (path, "read", error);
          g_clear_pointer (&value, aisle_secret_free);
        }
    }
  close (fd);
  return value;
}

static gboolean
check_name (const char *name, GError **error)
{
  if (name && *name && strlen (name) <= NAME_MAX_LENGTH && g_utf8_validate (name, -1, NULL))
    return TRUE;
  g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
               "a secret needs a name of 1 to %d characters", NAME_MAX_LENGTH);
  return FALSE;
}

gboolean
aisle_secret_store (const char *name, const char *value, GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);

  if (!check_name (name, error))
    return FALSE;
  if (strlen (value) > VALUE_MAX_SIZE || !g_utf8_validate (value, -1, NULL))
    {
      g_set_error (error, AISLE_WORKSPACE_ERROR, AISLE_WORKSPACE_ERROR_KEY,
                   "the secret “%s” is not text, or longer than 64 KiB", name);
      return FALSE;
    }
  if (keyring_answers ())
    return ask_keyring (TASK_STORE, name, value, NULL, error);
  return store_file (name, value, error);
}

char *
aisle_secret_look_up (const char *name, GError **error)
{
  if (!check_name (name, error))
    return NULL;
  char *value = NULL;
  if (keyring_answers () && !ask_keyring (TASK_LOOK_UP, name, NULL, &value, error))
    return NULL;
  return value ? value : look_up_file (name, error);
}

gboolean
aisle_secret_delete (const char *name, GError **error)
{
  if (!check_name (name, error))
    return FALSE;
  if (keyring_answers () && !ask_keyring (TASK_DELETE, name, NULL, NULL, error))
    return FALSE;
  g_autofree char *path = file_for (name);
  if (unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  return set_file_error (path, "removed", error);
}

void
aisle_secret_free (char *value)
{
  if (value)
    gnutls_memset (value, 0, strlen (value));
  g_free (value);
}

const char *
aisle_secret_place (void)
{
  return keyring_answers () ? "the keyring" : "the folder aisle/keys of your settings";
}
