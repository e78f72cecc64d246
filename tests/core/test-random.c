/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "aisle-random.h"

#include <math.h>

/* The first outputs from the state 1, 2, 3, 4, as the authors' reference code gives them. */
static void
test_known_numbers (void)
{
  static const guint64 wanted[] = { G_GUINT64_CONSTANT (11520),
                                    0,
                                    G_GUINT64_CONSTANT (1509978240),
                                    G_GUINT64_CONSTANT (1215971899390074240),
                                    G_GUINT64_CONSTANT (1216172134540287360),
                                    G_GUINT64_CONSTANT (607988272756665600),
                                    G_GUINT64_CONSTANT (16172922978634559625),
                                    G_GUINT64_CONSTANT (8476171486693032832) };
  AisleRandom random = { { 1, 2, 3, 4 } };
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpuint (aisle_random_next (&random), ==, wanted[i]);
}

/* splitmix64 from 1234567, a widely published sequence. */
static void
test_seed (void)
{
  AisleRandom random;
  aisle_random_init (&random, 1234567);
  g_assert_cmpuint (random.state[0], ==, G_GUINT64_CONSTANT (6457827717110365317));
  g_assert_cmpuint (random.state[1], ==, G_GUINT64_CONSTANT (3203168211198807973));
  g_assert_cmpuint (random.state[2], ==, G_GUINT64_CONSTANT (9817491932198370423));
  g_assert_cmpuint (random.state[3], ==, G_GUINT64_CONSTANT (4593380528125082431));
}

static void
test_uniform (void)
{
  AisleRandom random;
  aisle_random_init (&random, 1);
  const int n = 200000;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; i++)
    {
      double u = aisle_random_uniform (&random);
      g_assert_true (u >= 0 && u < 1);
      sum += u;
      squares += u * u;
    }
  g_assert_cmpfloat (fabs (sum / n - 0.5), <, 5 * sqrt (1.0 / 12 / n));
  g_assert_cmpfloat (fabs (squares / n - 1.0 / 3), <, 5 * sqrt (4.0 / 45 / n));
}

static void
test_below (void)
{
  AisleRandom random;
  aisle_random_init (&random, 2);
  int counts[7] = { 0 };
  for (int i = 0; i < 70000; i++)
    counts[aisle_random_below (&random, 7)]++;
  for (int i = 0; i < 7; i++)
    g_assert_cmpint (ABS (counts[i] - 10000), <, 500);
  for (int i = 0; i < 1000; i++)
    {
      g_assert_cmpuint (aisle_random_below (&random, 1), ==, 0);
      guint64 big = (G_GUINT64_CONSTANT (1) << 63) + 1;
      g_assert_cmpuint (aisle_random_below (&random, big), <, big);
    }
}

static void
test_normal (void)
{
  AisleRandom random;
  aisle_random_init (&random, 3);
  const int n = 200000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < n; i++)
    {
      double x = aisle_random_normal (&random);
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
    }
  g_assert_cmpfloat (fabs (sum / n), <, 5 / sqrt (n));
  g_assert_cmpfloat (fabs (squares / n - 1), <, 5 * sqrt (2.0 / n));
  g_assert_cmpfloat (fabs (fourth / n - 3), <, 5 * sqrt (96.0 / n));
}

static void
test_poisson (void)
{
  static const double means[] = { 0.01, 0.5, 4, 30, 31, 250 };
  AisleRandom random;
  aisle_random_init (&random, 4);
  g_assert_cmpint (aisle_random_poisson (&random, 0), ==, 0);
  for (gsize k = 0; k < G_N_ELEMENTS (means); k++)
    {
      const int n = 20000;
      double sum = 0, squares = 0, mean = means[k];
      for (int i = 0; i < n; i++)
        {
          double x = (double) aisle_random_poisson (&random, mean);
          sum += x;
          squares += (x - mean) * (x - mean);
        }
      /* Mean and variance are the parameter; the fourth moment is mean + 3 mean^2. */
      g_assert_cmpfloat (fabs (sum / n - mean), <, 5 * sqrt (mean / n));
      g_assert_cmpfloat (fabs (squares / n - mean), <, 5 * sqrt ((mean + 2 * mean * mean) / n));
    }
}

static void
test_copy_forks (void)
{
  AisleRandom first, second;
  aisle_random_init (&first, 5);
  aisle_random_next (&first);
  second = first;
  for (int i = 0; i < 100; i++)
    g_assert_cmpuint (aisle_random_next (&first), ==, aisle_random_next (&second));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/random/known-numbers", test_known_numbers);
  g_test_add_func ("/core/random/seed", test_seed);
  g_test_add_func ("/core/random/uniform", test_uniform);
  g_test_add_func ("/core/random/below", test_below);
  g_test_add_func ("/core/random/normal", test_normal);
  g_test_add_func ("/core/random/poisson", test_poisson);
  g_test_add_func ("/core/random/copy-forks", test_copy_forks);
  return g_test_run ();
}
