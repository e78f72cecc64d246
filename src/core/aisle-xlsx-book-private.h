/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What a workbook says outside its sheets: which sheets there are, the strings that cells share,
 * which cell styles mean a date. */

typedef enum
{
  AISLE_XLSX_NUMBER,
  AISLE_XLSX_DATE, /* a serial number of days, with the time as fraction */
  AISLE_XLSX_TIME, /* a time of day without a date */
} AisleXlsxStyleKind;

typedef struct
{
  AisleXlsxStyleKind kind;
  guint min_digits; /* "00000" shows 123 as 00123; 0: no such format */
} AisleXlsxStyle;

typedef struct _AisleXlsxBook AisleXlsxBook;

/* `sheet` NULL: the first that is not hidden. The error for a name that is not there lists the
 * names. */
AisleXlsxBook *aisle_xlsx_book_open (const char *path, const char *sheet, GError **error);
void aisle_xlsx_book_free (AisleXlsxBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AisleXlsxBook, aisle_xlsx_book_free)

const char *aisle_xlsx_book_get_sheet_name (AisleXlsxBook *book);

/* The chosen sheet's entry in the zip file. */
const char *aisle_xlsx_book_get_sheet_entry (AisleXlsxBook *book);
gboolean aisle_xlsx_book_is_date_1904 (AisleXlsxBook *book);

/* NULL where there is no such string. */
const char *aisle_xlsx_book_get_string (AisleXlsxBook *book, guint64 index);

/* Unknown styles are plain numbers. */
AisleXlsxStyle aisle_xlsx_book_get_style (AisleXlsxBook *book, guint64 index);
