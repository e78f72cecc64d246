/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The words of a Change: its kinds, states and actions, people's roles, the levels of guardrails
 * and the verdicts of audits, each with the name that files, JSON and the workspace use. Everything
 * here is inline, so that a part which knows only these types can read and write the names too. */

typedef enum
{
  AISLE_CHANGE_PRICE,
  AISLE_CHANGE_PROMOTION,
  AISLE_CHANGE_ORDER,
  AISLE_CHANGE_TRANSFER,
  AISLE_CHANGE_STOCK_ADJUSTMENT,
  AISLE_CHANGE_RECOMMENDATION_RULES,
  AISLE_CHANGE_N_KINDS,
} AisleChangeKind;

typedef enum
{
  AISLE_CHANGE_DRAFT,
  AISLE_CHANGE_SUBMITTED,
  AISLE_CHANGE_APPROVED,
  AISLE_CHANGE_SCHEDULED,
  AISLE_CHANGE_PUSHING,
  AISLE_CHANGE_LIVE,
  AISLE_CHANGE_ENDED,
  AISLE_CHANGE_WITHDRAWN,
  AISLE_CHANGE_SENT_BACK,
  AISLE_CHANGE_REJECTED,
  AISLE_CHANGE_NEEDS_ATTENTION,
  AISLE_CHANGE_ROLLED_BACK,
  AISLE_CHANGE_N_STATES,
} AisleChangeState;

typedef enum
{
  AISLE_ACTION_EDIT,
  AISLE_ACTION_SUBMIT,
  AISLE_ACTION_WITHDRAW,
  AISLE_ACTION_APPROVE,
  AISLE_ACTION_APPROVE_LINES, /* some of the lines; the others fall out of the change */
  AISLE_ACTION_REJECT,
  AISLE_ACTION_SEND_BACK,
  AISLE_ACTION_SCHEDULE,
  AISLE_ACTION_START_PUSH,
  AISLE_ACTION_FINISH_PUSH, /* every store update is verified */
  AISLE_ACTION_FAIL_PUSH,   /* a store update needs a person */
  AISLE_ACTION_RETRY_PUSH,
  AISLE_ACTION_ROLL_BACK,
  AISLE_ACTION_END,
  AISLE_N_ACTIONS,
} AisleChangeAction;

/* A person's roles are a set of these bits. */
typedef enum
{
  AISLE_ROLE_NONE = 0,
  AISLE_ROLE_MERCHANDISER = 1 << 0,
  AISLE_ROLE_APPROVER = 1 << 1,
  AISLE_ROLE_ACCOUNTABLE_MANAGER = 1 << 2,
  AISLE_ROLE_STORE_MANAGER = 1 << 3,
  AISLE_ROLE_PRIVACY_OFFICER = 1 << 4,
  AISLE_ROLE_ADMIN = 1 << 5,
} AisleRole;

#define AISLE_N_ROLES 6

/* Block: the change cannot be submitted. Warn: it needs a written reason. */
typedef enum
{
  AISLE_GUARDRAIL_WARN,
  AISLE_GUARDRAIL_BLOCK,
  AISLE_N_GUARDRAIL_LEVELS,
} AisleGuardrailLevel;

typedef enum
{
  AISLE_AUDIT_NONE, /* nothing was audited */
  AISLE_AUDIT_NO_DISPARITY,
  AISLE_AUDIT_ATTENTION,
  AISLE_AUDIT_FAIL,
  AISLE_AUDIT_NOT_ESTIMABLE,
  AISLE_N_AUDIT_VERDICTS,
} AisleAuditVerdict;

static inline int
aisle_change_word_index (const char *const *words, int n_words, const char *text)
{
  for (int i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i], text) == 0)
      return i;
  return -1;
}

/* A name list, the name of a value (NULL for a value out of range) and the value of a name (FALSE,
 * and the value untouched, for any other text or NULL). */
#define AISLE_CHANGE_DEFINE_WORDS(Type, prefix, n_words, ...)                                      \
  static inline const char *const *prefix##_names (void)                                           \
  {                                                                                                \
    static const char *const words[] = { __VA_ARGS__, NULL };                                      \
    G_STATIC_ASSERT (G_N_ELEMENTS (words) == (n_words) + 1);                                       \
    return words;                                                                                  \
  }                                                                                                \
  static inline const char *prefix##_to_text (Type value)                                          \
  {                                                                                                \
    return (int) value >= 0 && (int) value < (n_words) ? prefix##_names ()[value] : NULL;          \
  }                                                                                                \
  static inline gboolean prefix##_from_text (const char *text, Type *value)                        \
  {                                                                                                \
    int index = aisle_change_word_index (prefix##_names (), (n_words), text);                      \
    if (index < 0)                                                                                 \
      return FALSE;                                                                                \
    *value = (Type) index;                                                                         \
    return TRUE;                                                                                   \
  }

/* aisle_change_kind_to_text(), aisle_change_kind_from_text(), and so on for each word. */
/* clang-format off */
AISLE_CHANGE_DEFINE_WORDS (AisleChangeKind, aisle_change_kind, AISLE_CHANGE_N_KINDS,
                           "price", "promotion", "order", "transfer", "stock_adjustment",
                           "recommendation_rules")
AISLE_CHANGE_DEFINE_WORDS (AisleChangeState, aisle_change_state, AISLE_CHANGE_N_STATES,
                           "draft", "submitted", "approved", "scheduled", "pushing", "live", "ended",
                           "withdrawn", "sent_back", "rejected", "needs_attention", "rolled_back")
AISLE_CHANGE_DEFINE_WORDS (AisleChangeAction, aisle_change_action, AISLE_N_ACTIONS,
                           "edit", "submit", "withdraw", "approve", "approve_lines", "reject",
                           "send_back", "schedule", "start_push", "finish_push", "fail_push",
                           "retry_push", "roll_back", "end")
AISLE_CHANGE_DEFINE_WORDS (AisleGuardrailLevel, aisle_guardrail_level, AISLE_N_GUARDRAIL_LEVELS,
                           "warn", "block")
AISLE_CHANGE_DEFINE_WORDS (AisleAuditVerdict, aisle_audit_verdict, AISLE_N_AUDIT_VERDICTS,
                           "none", "no_disparity_shown", "attention", "fail", "not_estimable")
/* clang-format on */

/* The roles' names in the order of their bits, then NULL. */
static inline const char *const *
aisle_role_names (void)
{
  static const char *const words[] = {
    "merchandiser", "approver", "accountable_manager", "store_manager", "privacy_officer",
    "admin",        NULL
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == AISLE_N_ROLES + 1);
  return words;
}

/* The name of one role; NULL for none or for several. */
static inline const char *
aisle_role_to_text (AisleRole role)
{
  for (int i = 0; i < AISLE_N_ROLES; i++)
    if ((guint) role == 1u << i)
      return aisle_role_names ()[i];
  return NULL;
}

static inline gboolean
aisle_role_from_text (const char *text, AisleRole *role)
{
  int index = aisle_change_word_index (aisle_role_names (), AISLE_N_ROLES, text);
  if (index < 0)
    return FALSE;
  *role = (AisleRole) (1u << index);
  return TRUE;
}

/* The bits of "merchandiser,approver": names between commas, blanks around them allowed. FALSE, and
 * `roles` untouched, where a name is unknown or none is given. */
static inline gboolean
aisle_roles_from_text (const char *text, guint *roles)
{
  guint found = 0;
  g_auto (GStrv) names = g_strsplit (text ? text : "", ",", -1);
  for (char **name = names; *name; name++)
    {
      AisleRole role;
      if (!aisle_role_from_text (g_strstrip (*name), &role))
        return FALSE;
      found |= (guint) role;
    }
  if (found == 0)
    return FALSE;
  *roles = found;
  return TRUE;
}

/* "merchandiser,approver" for a set of roles, "" for none. Free with g_free(). */
static inline char *
aisle_roles_to_text (guint roles)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < AISLE_N_ROLES; i++)
    if (roles & (1u << i))
      g_string_append_printf (text, "%s%s", text->len ? "," : "", aisle_role_names ()[i]);
  return g_string_free (text, FALSE);
}
