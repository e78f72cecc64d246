/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-random.h"

#include <math.h>

#define POISSON_CHUNK 30.0 /* exp(-30) is far from underflow */

static guint64
rotate_left (guint64 x, int k)
{
  return (x << k) | (x >> (64 - k));
}

void
aisle_random_init (AisleRandom *random, guint64 seed)
{
  for (int i = 0; i < 4; i++)
    {
      seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      guint64 z = seed;
      z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      random->state[i] = z ^ (z >> 31);
    }
}

guint64
aisle_random_next (AisleRandom *random)
{
  guint64 *s = random->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

double
aisle_random_uniform (AisleRandom *random)
{
  return (double) (aisle_random_next (random) >> 11) * 0x1.0p-53;
}

guint64
aisle_random_below (AisleRandom *random, guint64 n)
{
  g_return_val_if_fail (n > 0, 0);
  guint64 limit = G_MAXUINT64 - G_MAXUINT64 % n;
  guint64 x;
  do
    x = aisle_random_next (random);
  while (x >= limit);
  return x % n;
}

double
aisle_random_normal (AisleRandom *random)
{
  double u, v, s;
  do
    {
      u = 2 * aisle_random_uniform (random) - 1;
      v = 2 * aisle_random_uniform (random) - 1;
      s = u * u + v * v;
    }
  while (s >= 1 || s == 0);
  return u * sqrt (-2 * log (s) / s);
}

/* Knuth's product of uniforms, in chunks: a Poisson of a sum is the sum of Poissons. */
gint64
aisle_random_poisson (AisleRandom *random, double mean)
{
  g_return_val_if_fail (mean >= 0 && mean < 1e9, 0);
  gint64 count = 0;
  while (mean > 0)
    {
      double part = MIN (mean, POISSON_CHUNK);
      double threshold = exp (-part);
      double product = aisle_random_uniform (random);
      while (product > threshold)
        {
          count++;
          product *= aisle_random_uniform (random);
        }
      mean -= part;
    }
  return count;
}
