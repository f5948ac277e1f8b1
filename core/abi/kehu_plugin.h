/*
 * kehu_plugin.h: all that a native plugin of kehu needs. C99 and C++11, no other file.
 *
 * A plugin is a shared library that exports one function, kehu_plugin_entry_v1. It returns a pointer
 * to a static kehu_entry. The entry holds the text of a pack.toml, the very one that a Lua pack has,
 * a table of rules (the sentences of its reasons), and a function that hands out one table of
 * functions for each step: kehu.scorer/1, kehu.planner/1 or kehu.follow_up/1.
 *
 * Rules of the border:
 * - No memory changes hands. What the host passes is borrowed until the call returns; what the entry
 *   points to is static. Results go into memory of the host, or through the functions of kehu_call.
 * - Texts are UTF-8, a pointer and a length, without a zero at the end.
 * - Structs only grow at their end. kehu_call, kehu_column, kehu_batch, kehu_given, kehu_result,
 *   kehu_scorer, kehu_planner and kehu_follow_up begin with their size, struct_size; kehu_entry has it
 *   behind its magic. What the host passes may be longer or shorter than in this file: look at it
 *   (KEHU_HAS) before reading a field that is newer than the oldest host you serve. kehu_rule and
 *   kehu_output have no size of their own: they stand in tables, whose owner says it once, in rule_size
 *   and output_size. kehu_str never grows.
 * - The only clock is as_of_day, the only source of chance is seed: the same call, the same answer.
 * - Nothing may be thrown across the border. The host runs plugins in a process of their own, which a
 *   crash ends; it then finds the customer at which the plugin crashes.
 * - An instance is used by one thread at a time. What one customer gets must not depend on which
 *   others are in the batch.
 */
#ifndef KEHU_PLUGIN_H
#define KEHU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define KEHU_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define KEHU_EXPORT __attribute__((visibility("default")))
#else
#define KEHU_EXPORT
#endif

#define KEHU_MAGIC UINT64_C(0x31474C505548454B) /* "KEHUPLG1" */
#define KEHU_ABI_MAJOR 0
#define KEHU_ABI_MINOR 2
#define KEHU_LAYOUT_PROBE UINT32_C(0x01020304)

/* True if a struct that came from the other side is long enough to have the field. */
#define KEHU_HAS(p, type, field) ((p)->struct_size >= offsetof(type, field) + sizeof((p)->field))

/* What the functions of a plugin return. */
#define KEHU_OK 0
#define KEHU_FAILED (-1)    /* told through kehu_call.fail */
#define KEHU_PANIC (-2)     /* the plugin caught a mistake of its own; its instance is thrown away */
#define KEHU_CANCELLED (-3) /* it saw kehu_call.cancel and stopped */

/* Kinds of columns. */
#define KEHU_NUMBER 1
#define KEHU_MONEY 2 /* in major units: 12.5 is twelve and a half */
#define KEHU_LABEL 3
#define KEHU_TEXT 4
#define KEHU_FLAG 5
#define KEHU_DAY 6 /* counted from 1970-01-01 */

/* Missing values. For numbers and money it is any NaN: see kehu_is_missing. */
#define KEHU_MISSING_CODE UINT32_MAX
#define KEHU_MISSING_FLAG 2
#define KEHU_MISSING_DAY INT32_MIN

/* Levels of kehu_call.log. Warnings and errors are shown; the rest is with --plugin-log LEVEL. */
#define KEHU_DEBUG (-1)
#define KEHU_INFO 0
#define KEHU_WARN 1
#define KEHU_ERROR 2

typedef struct kehu_str {
  const char *ptr; /* may be NULL if len is 0 */
  size_t len;
} kehu_str;

/* A text that stands in the source: KEHU_STR("amount_12m"). */
#define KEHU_STR(literal) { literal, sizeof(literal) - 1 }
#define KEHU_NO_STR { NULL, 0 }

/* A rule: one sentence by which the plugin explains itself. Reasons refer to it by its place. */
typedef struct kehu_rule {
  kehu_str id;      /* unique within the plugin */
  kehu_str en, zh;  /* {1}, {2}, ... are filled in; {value} is {1}, {limit} is {2}; zh may be empty */
  kehu_str input;   /* the column whose value is {1}; may be empty */
  kehu_str setting; /* the setting whose value is {2}; may be empty */
  kehu_str file;    /* where it is declared; may be empty */
  uint32_t line;
  uint32_t n_arguments; /* how many arguments the plugin writes itself, at most 8; with 0 the host
                           fills {1} and {2} from input and setting */
  /* Since 0.2: how the rule compares input with setting, so that kehu can say of a customer why the
     rule did not hold (kehu explain --why-not): "<", "<=", ">", ">=", "==", "~=", or "missing", which
     needs no setting. Empty for a rule that is a sentence only. The plugin still decides by itself. */
  kehu_str comparison;
} kehu_rule;

#define KEHU_RULE(id, en, zh) \
  { KEHU_STR(id), KEHU_STR(en), KEHU_STR(zh), KEHU_NO_STR, KEHU_NO_STR, KEHU_STR(__FILE__), __LINE__, 0, \
    KEHU_NO_STR }
#define KEHU_RULE_OF(id, input, setting, en, zh) \
  { KEHU_STR(id), KEHU_STR(en), KEHU_STR(zh), KEHU_STR(input), KEHU_STR(setting), KEHU_STR(__FILE__), \
    __LINE__, 0, KEHU_NO_STR }
/* A test: KEHU_TEST("quiet", "recency_days", ">", "silent_after", "silent for {value} days", ""). */
#define KEHU_TEST(id, input, comparison, setting, en, zh) \
  { KEHU_STR(id), KEHU_STR(en), KEHU_STR(zh), KEHU_STR(input), KEHU_STR(setting), KEHU_STR(__FILE__), \
    __LINE__, 0, KEHU_STR(comparison) }
#define KEHU_RULE_WITH(id, arguments, en, zh) \
  { KEHU_STR(id), KEHU_STR(en), KEHU_STR(zh), KEHU_NO_STR, KEHU_NO_STR, KEHU_STR(__FILE__), __LINE__, \
    arguments, KEHU_NO_STR }

/* What the host lends to every call. */
typedef struct kehu_call {
  uint32_t struct_size;
  uint32_t flags;
  void *context;     /* pass it to the functions below */
  uint64_t seed;     /* the only source of chance */
  int32_t as_of_day; /* the only clock: days since 1970-01-01 */
  uint32_t reserved;
  const volatile uint32_t *cancel; /* not 0: stop soon; a planner returns the best so far */
  /* Tells why the call fails, and at which row (-1: at none); then return KEHU_FAILED. */
  void (*fail)(void *context, int64_t row, const char *text, size_t len);
  /* Adds to the bytes that the call gives: the state of a fit, the JSON of a plan or of proposals. */
  int32_t (*emit)(void *context, const void *bytes, size_t len);
  /* The code of a text, for a given column of kind KEHU_TEXT; KEHU_MISSING_CODE if it is refused. */
  uint32_t (*text)(void *context, const char *text, size_t len);
  /* Notes a message of one line, during a call, from any thread. What says the same is shown once; of a
     call no more than 1,000 lines are taken. */
  void (*log)(void *context, int32_t level, const char *text, size_t len);
  /* Tells how much of the call is done, 0 to 1. */
  void (*progress)(void *context, double share);
} kehu_call;

/* One needed column. Of the pointers to values only that of its kind is not NULL. */
typedef struct kehu_column {
  uint32_t struct_size;
  uint32_t kind;
  kehu_str name;
  int64_t n_missing;      /* with 0, no row needs a test */
  const double *numbers;  /* KEHU_NUMBER, KEHU_MONEY: NaN is missing */
  const int32_t *days;    /* KEHU_DAY */
  const uint8_t *flags;   /* KEHU_FLAG: 0 no, 1 yes, 2 missing */
  const uint32_t *codes;  /* KEHU_LABEL, KEHU_TEXT: places in the dictionary */
  const int64_t *offsets; /* value v is bytes[offsets[v]] to before bytes[offsets[v + 1]] */
  const char *bytes;
  uint32_t n_values;
  uint32_t reserved;
} kehu_column;

/* The customers of one call, in id order. The columns are those of the step's needs, in that order. */
typedef struct kehu_batch {
  uint32_t struct_size;
  uint32_t n_columns;
  int64_t n_rows;
  const int64_t *ids; /* NULL in fit */
  const kehu_column *const *columns;
} kehu_batch;

#define KEHU_ADDITIVE UINT32_C(1) /* the value is the sum of its points */

/* Says which rules explain one of the step's gives. */
typedef struct kehu_output {
  kehu_str column;
  uint32_t flags;
  uint32_t n_factors;
  const uint32_t *factors; /* places in kehu_entry.rules */
} kehu_output;

/*
 * One column to be given. Write every row of the array of its kind: a value, or missing; a row that
 * is left out makes the whole call invalid. Where a factor holds for a row, write its points (0 for a
 * label): what is left alone did not hold. A given value needs a factor that holds, unless it is an
 * additive one of 0.
 */
typedef struct kehu_given {
  uint32_t struct_size;
  uint32_t kind;
  double *numbers; /* KEHU_NUMBER, KEHU_MONEY */
  int32_t *days;   /* KEHU_DAY */
  uint8_t *flags;  /* KEHU_FLAG */
  uint32_t *codes; /* KEHU_LABEL: the place among its values; KEHU_TEXT: from kehu_call.text */
  double *const *points;    /* points[f][row], f as in kehu_output.factors */
  double *const *arguments; /* arguments[a][row]: those of the first factor, of the second, ... */
  uint32_t n_factors;
  uint32_t n_arguments;
  uint32_t n_labels; /* the values of a label, under the workspace's settings */
  uint32_t reserved;
  const int64_t *label_offsets; /* as kehu_column.offsets */
  const char *label_bytes;
} kehu_given;

/* The columns to be given, in the order of kehu_scorer.outputs. */
typedef struct kehu_result {
  uint32_t struct_size;
  uint32_t n_columns;
  int64_t n_rows;
  kehu_given *const *columns;
} kehu_result;

/*
 * Makes an instance for a run. settings is a JSON object with a value for every setting; state is what
 * fit gave, nothing if there is none. May be NULL if no instance is needed.
 */
typedef int32_t (*kehu_create)(const kehu_call *call, const char *settings, size_t settings_len,
                               const void *state, size_t state_len, void **instance);
typedef void (*kehu_destroy)(void *instance); /* may be NULL */

#define KEHU_SCORER "kehu.scorer/1"
/* Serves the hooks score and visit_need. */
typedef struct kehu_scorer {
  uint32_t struct_size;
  uint32_t flags;
  const kehu_output *outputs; /* one for each of the step's gives, in that order */
  uint32_t n_outputs;
  uint32_t output_size; /* sizeof(kehu_output) */
  kehu_create create;
  int32_t (*score)(void *instance, const kehu_call *call, const kehu_batch *batch,
                   const kehu_result *result);
  kehu_destroy destroy;
  /* Looks at the whole base and emits a state of at most 64 KiB. Needed if the step names a fit. */
  int32_t (*fit)(const kehu_call *call, const char *settings, size_t settings_len,
                 const kehu_batch *base);
} kehu_scorer;

#define KEHU_PLANNER "kehu.planner/1"
/*
 * Serves the hook plan_visits: a planning problem in, a plan out through kehu_call.emit, both JSON. Days
 * are numbers, counted from 1970-01-01. The problem has all of these fields, in this order:
 *   {"rep": "...", "home": {"lat": 30.6, "lon": 114.3} or null,
 *    "days": [{"day": 19800, "seconds": 28800, "max_visits": 8}],  working days, in order
 *    "from": 19800, "to": 19806,
 *    "customers": [{"customer": 12, "name": "...", "place": {"lat": ..., "lon": ...} or null,
 *       "visits_per_month": 2.0, "visits": 1, "visits_a_round": 1, "seconds": 3600, "gap_days": 14,
 *       "last_visit": 19786 or null, "mode": "rotating", "purpose": "", "topics": "", "value": 12.5,
 *       "group": ""}],
 *    "fixed": [{"customer": 12, "day": 19801}],                     visits that are agreed
 *    "speed": 30.0, "seconds_per_way": 300, "prospecting_share": 0.2, "seed": 1}
 * The plan:
 *   {"days": [{"day": 19801, "stops": [{"customer": 12, "seconds": 3600, "travel_before": 900,
 *       "causes": [{"rule": "due"}]}]}],
 *    "left_out": [{"customer": 13, "missing": 1, "causes": [{"rule": "no_time"}]}]}
 * Each of a customer's visits is placed or left out; days are working days, in order, within their
 * seconds (stops and ways) and max_visits; nobody is visited twice a day; what is fixed is kept. Left
 * out of the JSON, travel_before is 0 and missing is 1.
 * A cause is {"rule": the rule's id or place, "points": 0, "arguments": [numbers, texts, null]}, at least
 * one for each stop and customer left out; "points" and "arguments" may be left out where the rule's
 * sentence is filled by its setting, or has no places.
 */
typedef struct kehu_planner {
  uint32_t struct_size;
  uint32_t flags;
  kehu_create create;
  int32_t (*plan)(void *instance, const kehu_call *call, const char *problem, size_t len);
  kehu_destroy destroy;
} kehu_planner;

#define KEHU_FOLLOW_UP "kehu.follow_up/1"
/*
 * Serves the hook follow_up: a case for each row of the batch in, in its order, a list of proposals out
 * through kehu_call.emit, both JSON. A case has all of these fields, in this order:
 *   [{"name": "...",
 *     "deals": [{"id": 7, "name": "...", "pipeline": "sales", "stage": "offer", "probability": 0.5 or null,
 *        "amount": 12000.0 or null, "since": 19790, "days_in_stage": 11, "longest_stay": 30 or null,
 *        "expected_close": 19833 or null,
 *        "rep": "..." or null}],                                       the open ones, in id order
 *     "interactions": [{"id": 40, "kind": "purchase", "happened": 19770, "days_ago": 31, "channel": null,
 *        "outcome": null, "mood": null, "amount": 400.0 or null, "state": null, "about": null}]}]
 *                                                                      the last 20, the latest first
 * The proposals, at most 50 for a customer; an empty list if there are none:
 *   [{"customer": 12, "action": "remind", "channel": "phone", "due": 19801, "causes": [{"rule": "silent"}],
 *     "deal": 7, "fact_day": 19770, "priority": 50, "group": ""}]
 * customer is one of the batch, action one of the manifest's [actions], deal an open one of that customer.
 * The last four may be left out: no deal, the as-of day, 50 (of 0 to 100, higher comes first), none.
 * fact_day is the day of what the proposal rests on: a proposal that somebody has closed does not come
 * back until it is another one. Causes are as in a plan; {value} is filled from the rule's input too.
 */
typedef struct kehu_follow_up {
  uint32_t struct_size;
  uint32_t flags;
  kehu_create create;
  int32_t (*follow_up)(void *instance, const kehu_call *call, const kehu_batch *batch,
                       const char *cases, size_t len);
  kehu_destroy destroy;
} kehu_follow_up;

typedef struct kehu_entry {
  uint64_t magic;
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  uint16_t min_host_minor; /* the oldest minor of a host that serves this plugin */
  uint8_t pointer_bytes;
  uint8_t reserved0;
  uint32_t layout_probe;
  kehu_str manifest; /* the text of pack.toml */
  kehu_str vendor;   /* may be empty */
  kehu_str license;  /* may be empty */
  const kehu_rule *rules;
  uint32_t n_rules;
  uint32_t rule_size; /* sizeof(kehu_rule) */
  /* The table of functions for a step, or NULL. A plugin of one step need not look at its name. */
  const void *(*get_extension)(const char *id, size_t id_len, const char *step, size_t step_len);
} kehu_entry;

/* The first fields of an entry: { KEHU_ENTRY_HEAD, KEHU_STR("name = ..."), ... }. */
#define KEHU_ENTRY_HEAD \
  KEHU_MAGIC, sizeof(kehu_entry), KEHU_ABI_MAJOR, KEHU_ABI_MINOR, KEHU_ABI_MINOR, sizeof(void *), 0, \
      KEHU_LAYOUT_PROBE

/* What a plugin exports. It only returns the pointer: no memory, no files, no threads. */
KEHU_EXPORT const kehu_entry *kehu_plugin_entry_v1(void);

/* True if a number is missing; holds under -ffast-math, where isnan does not. */
static inline int kehu_is_missing(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return (bits & UINT64_C(0x7FFFFFFFFFFFFFFF)) > UINT64_C(0x7FF0000000000000);
}

/* The number that is missing. */
static inline double kehu_missing(void) {
  const uint64_t bits = UINT64_C(0x7FF8000000000000);
  double number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

/* True if a text of the host is the given one, which ends with a zero. */
static inline int kehu_is(const char *text, size_t len, const char *expected) {
  return strlen(expected) == len && memcmp(text, expected, len) == 0;
}

#ifdef __cplusplus
}
#endif
#endif
