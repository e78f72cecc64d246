/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Barcodes of goods: GTIN-8, -12 (UPC-A), -13 (EAN-13) and -14 (case codes). */

typedef enum
{
  AISLE_BARCODE_VALID,
  AISLE_BARCODE_EMPTY,
  AISLE_BARCODE_WRONG_CHECK_DIGIT,
  AISLE_BARCODE_WRONG_LENGTH, /* digits only, but not 8, 12, 13 or 14 of them */
  AISLE_BARCODE_NUMBER_FORM,  /* "5.01E+12", "5012345678900.0": a program took it for a number */
  AISLE_BARCODE_NO_BARCODE,   /* other characters than digits */
} AisleBarcodeVerdict;

#define AISLE_BARCODE_SIZE 15 /* fourteen digits and the NUL */

typedef struct
{
  AisleBarcodeVerdict verdict;
  char code[AISLE_BARCODE_SIZE]; /* VALID and WRONG_CHECK_DIGIT: the digits, zeros in front kept;
                                    else "" */
  char key[AISLE_BARCODE_SIZE];  /* code filled up to fourteen digits: equal for one code in two
                                    lengths */
  gboolean
      may_embed_measure; /* prefix 02 or 20..29: the store's own code, with weight or price in it */
} AisleBarcode;

/* Reads `text` (any text; `length` may be -1). Blanks anywhere and a ' in front are left out. */
void aisle_barcode_read (const char *text, gssize length, AisleBarcode *barcode);

/* What is wrong and what to do, as the rest of a sentence that begins with the code; NULL for
 * VALID. */
const char *aisle_barcode_verdict_text (AisleBarcodeVerdict verdict);

/* The check digit ('0'..'9') that belongs behind `n_digits` (up to 13) digits. */
char aisle_barcode_check_digit (const char *digits, gsize n_digits);
