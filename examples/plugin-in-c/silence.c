/*
 * A native plugin in C: one file and kehu_plugin.h. It gives a number for how silent a customer is,
 * and says why.
 *
 *   cc -std=c99 -O2 -shared -fPIC -fvisibility=hidden -I../../core/abi silence.c -o silence.so
 */
#include "kehu_plugin.h"

/* The manifest: the same as the pack.toml of a pack in Lua. */
#define MANIFEST                                                                  \
  "name = \"silence-in-c\"\n"                                                     \
  "version = \"1.0.0\"\n"                                                         \
  "api = \"0.1\"\n"                                                               \
  "title = { en = \"Silence\", zh = \"沉默度\" }\n"                               \
  "[[step]]\n"                                                                    \
  "hook = \"score\"\n"                                                            \
  "needs = [\"recency_days\", \"amount\"]\n"                                      \
  "[step.gives.silence]\n"                                                        \
  "type = \"number\"\n"                                                           \
  "doc = { en = \"Points for silence and for size\", zh = \"沉默与金额的得分\" }\n"

/* The rules: the sentences of the reasons. Their places are used below. */
enum { QUIET, LARGE, NEVER };
static const kehu_rule rules[] = {
    KEHU_RULE_OF("quiet", "recency_days", "", "silent for {value} days", "{value} 天未购买"),
    KEHU_RULE_OF("large", "amount", "", "has bought for {value}", "累计购买 {value}"),
    KEHU_RULE("never", "has never bought", "从未购买"),
};

/* The one output is the sum of what these rules give. */
static const uint32_t factors[] = {QUIET, LARGE, NEVER};
static const kehu_output outputs[] = {{KEHU_STR("silence"), KEHU_ADDITIVE, 3, factors}};

static int32_t score(void *instance, const kehu_call *call, const kehu_batch *batch,
                     const kehu_result *result) {
  const double *days = batch->columns[0]->numbers;
  const double *amount = batch->columns[1]->numbers;
  kehu_given *given = result->columns[0];
  int64_t row;
  (void)instance;
  (void)call;
  for (row = 0; row < batch->n_rows; row++) {
    double sum = 0;
    if (kehu_is_missing(days[row])) {
      given->points[NEVER][row] = 0;
      given->numbers[row] = kehu_missing();
      continue;
    }
    if (days[row] > 30) sum += given->points[QUIET][row] = days[row] / 10;
    if (amount[row] > 10000) sum += given->points[LARGE][row] = amount[row] / 10000;
    given->numbers[row] = sum;
  }
  return KEHU_OK;
}

static const kehu_scorer scorer = {
    sizeof(kehu_scorer), 0, outputs, 1, sizeof(kehu_output), NULL, score, NULL, NULL,
};

static const void *get_extension(const char *id, size_t len, const char *step, size_t step_len) {
  (void)step;
  (void)step_len;
  return kehu_is(id, len, KEHU_SCORER) ? &scorer : NULL;
}

static const kehu_entry entry = {
    KEHU_ENTRY_HEAD,    KEHU_STR(MANIFEST), KEHU_STR("kehu"), KEHU_STR("MIT OR Apache-2.0"),
    rules,              3,                  sizeof(kehu_rule), get_extension,
};

const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
