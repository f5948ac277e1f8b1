/*
 * A native plugin in C that proposes what to do: one file and kehu_plugin.h, and no library for JSON.
 * Who has been silent for longer than a setting says is called; who has an open deal is visited.
 *
 *   cc -std=c99 -O2 -shared -fPIC -fvisibility=hidden -I../../core/abi reminder.c -o reminder.so
 */
#include <stdio.h>
#include <stdlib.h>

#include "kehu_plugin.h"

#define MANIFEST                                                                        \
  "name = \"reminder-in-c\"\n"                                                          \
  "version = \"1.0.0\"\n"                                                               \
  "api = \"0.1\"\n"                                                                     \
  "title = { en = \"Reminder\", zh = \"提醒\" }\n"                                      \
  "[actions]\n"                                                                         \
  "remind = { en = \"get in touch again\", zh = \"重新联系\" }\n"                       \
  "[settings.silent_after]\n"                                                           \
  "type = \"integer\"\n"                                                                \
  "default = 60\n"                                                                      \
  "range = [1, 3650]\n"                                                                 \
  "doc = { en = \"Days of silence that are borne\", zh = \"可容忍的沉默天数\" }\n"      \
  "[[step]]\n"                                                                          \
  "hook = \"follow_up\"\n"                                                              \
  "needs = [\"recency_days\"]\n"

/* kehu fills {value} from the column and {limit} from the setting. */
static const kehu_rule rules[] = {
    KEHU_TEST("silent", "recency_days", ">", "silent_after", "silent for {value} days, more than {limit}",
              "{value} 天未购买，超过 {limit} 天"),
    KEHU_RULE("open_deal", "a deal is open, so go there", "有未结商机，宜上门"),
};

/* Where a text stands between two places; NULL if it does not. */
static const char *find(const char *from, const char *end, const char *text) {
  size_t len = strlen(text);
  for (; (size_t)(end - from) >= len; from++)
    if (memcmp(from, text, len) == 0) return from;
  return NULL;
}

/* Where a JSON object or list ends that begins at a place: brackets are counted, texts passed over. */
static const char *after(const char *at, const char *end) {
  int depth = 0, quoted = 0;
  for (; at < end; at++) {
    if (quoted) {
      if (*at == '\\') at++;
      if (*at == '"') quoted = 0;
    } else if (*at == '"') {
      quoted = 1;
    } else if (*at == '{' || *at == '[') {
      depth++;
    } else if ((*at == '}' || *at == ']') && --depth == 0) {
      return at + 1;
    }
  }
  return end;
}

/* The one setting, read once a run: settings are an object with a value for each. */
typedef struct reminder {
  double silent_after;
} reminder;

static int32_t create(const kehu_call *call, const char *settings, size_t len, const void *state,
                      size_t state_len, void **instance) {
  const char *at = find(settings, settings + len, "\"silent_after\":");
  reminder *made = malloc(sizeof *made);
  (void)state;
  (void)state_len;
  if (!made || !at) {
    free(made);
    call->fail(call->context, -1, "silent_after is missing", 23);
    return KEHU_FAILED;
  }
  /* A comma or a bracket follows the number, so that it ends within the text. */
  made->silent_after = atof(at + strlen("\"silent_after\":"));
  *instance = made;
  return KEHU_OK;
}

static void destroy(void *instance) { free(instance); }

static int32_t follow_up(void *instance, const kehu_call *call, const kehu_batch *batch,
                         const char *cases, size_t len) {
  const reminder *settings = instance;
  const double *days = batch->columns[0]->numbers;
  const char *at = cases, *end = cases + len;
  int64_t row;
  int count = 0;
  call->emit(call->context, "[", 1);
  for (row = 0; row < batch->n_rows; row++) {
    /* One case a row, in the same order. */
    const char *begin = find(at, end, "{");
    int has_deal;
    char line[400];
    if (!begin) break;
    at = after(begin, end);
    has_deal = !find(begin, at, "\"deals\":[]");
    if (kehu_is_missing(days[row]) || days[row] <= settings->silent_after) continue;
    call->emit(call->context, line,
               (size_t)snprintf(line, sizeof line,
                                "%s{\"customer\":%lld,\"action\":\"remind\",\"channel\":\"%s\","
                                "\"due\":%d,\"fact_day\":%d,\"priority\":%d,"
                                "\"causes\":[{\"rule\":\"silent\"}%s]}",
                                count++ ? "," : "", (long long)batch->ids[row],
                                has_deal ? "visit" : "phone", (int)call->as_of_day,
                                (int)(call->as_of_day - days[row]), has_deal ? 70 : 50,
                                has_deal ? ",{\"rule\":\"open_deal\"}" : ""));
  }
  call->emit(call->context, "]", 1);
  return KEHU_OK;
}

static const kehu_follow_up steps = {sizeof(kehu_follow_up), 0, create, follow_up, destroy};

static const void *get_extension(const char *id, size_t len, const char *step, size_t step_len) {
  (void)step;
  (void)step_len;
  return kehu_is(id, len, KEHU_FOLLOW_UP) ? &steps : NULL;
}

static const kehu_entry entry = {
    KEHU_ENTRY_HEAD,    KEHU_STR(MANIFEST), KEHU_STR("kehu"), KEHU_STR("MIT OR Apache-2.0"),
    rules,              2,                  sizeof(kehu_rule), get_extension,
};

const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
