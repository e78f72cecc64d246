/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Seeded pseudo-random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna
 * 2018), filled from the seed by splitmix64. A plain value: copy it to fork a stream. Not for
 * secrets. */
typedef struct
{
  guint64 state[4];
} AisleRandom;

void aisle_random_init (AisleRandom *random, guint64 seed);

guint64 aisle_random_next (AisleRandom *random);

/* Uniform in [0, 1). */
double aisle_random_uniform (AisleRandom *random);

/* Uniform over 0 .. n-1, n > 0, without bias. */
guint64 aisle_random_below (AisleRandom *random, guint64 n);

/* Standard normal, by the polar method. */
double aisle_random_normal (AisleRandom *random);

/* Poisson with the given mean (0 or more). */
gint64 aisle_random_poisson (AisleRandom *random, double mean);
