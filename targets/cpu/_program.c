/* What an executable does around its functions: arguments, what is printed, exceptions that nobody catches.
 *
 * A part of the source of an executable, after _text.c. PYC_ENTRIES, PYC_MOST_ARGUMENTS and PYC_MOST_VALUES are the
 * program's. What follows it, written for the program, defines the table and the function that are declared here.
 */

/* An error that functions return by number, or the place of a call, whose kind is empty. */
typedef struct {
    const char *kind, *message, *file, *function;
    int line;
    int32_t caller;
    int values; /* of a check: how many integers are in its message; else -1 */
} pyc_entry;

typedef struct {
    const char *name, *type, *initial;
} pyc_parameter;

static const pyc_entry pyc_entries[PYC_ENTRIES + 1]; /* by number */

typedef struct {
    pyc_text shown, quoted;
} pyc_argument;

/* The arguments of the exception with a number, of the values that were said; how many there are. */
static int pyc_made(int32_t number, const int64_t *v, pyc_argument *arguments);
enum { PYC_MOST_STEPS = 100 };

/* An exception that was raised last with its number. */
typedef struct {
    bool told, made;
    const char *kind;
    int count;
    pyc_argument *arguments;
    int64_t values[PYC_MOST_VALUES];
    char *cause; /* what is shown before it */
} pyc_exception;

static pyc_exception *pyc_exceptions; /* by number */
static pthread_mutex_t pyc_lock = PTHREAD_MUTEX_INITIALIZER;

static void pyc_clear(pyc_exception *e) {
    for (int i = 0; e->made && i < e->count; i++) {
        pyc_drop(&e->arguments[i].shown);
        pyc_drop(&e->arguments[i].quoted);
    }
    free(e->arguments);
    free(e->cause);
    *e = (pyc_exception){0};
}

/* The exception of a number, with the text of its arguments. */
static pyc_exception *pyc_exception_of(int32_t number) {
    pyc_exception *e = &pyc_exceptions[number];
    const pyc_entry *entry = &pyc_entries[number];
    if (e->made) return e;
    e->arguments = pyc_more(NULL, PYC_MOST_ARGUMENTS * sizeof(pyc_argument));
    memset(e->arguments, 0, PYC_MOST_ARGUMENTS * sizeof(pyc_argument));
    e->kind = entry->kind;
    e->made = true;
    if (e->told) {
        e->count = pyc_made(number, e->values, e->arguments);
    } else if (*entry->message) {
        e->count = 1;
        pyc_puts(&e->arguments[0].shown, entry->message);
        pyc_put_quoted(&e->arguments[0].quoted, &e->arguments[0].shown);
    }
    return e;
}

/* The arguments of an exception as a tuple; without the comma where `call` is set. */
static void pyc_put_arguments(pyc_text *t, const pyc_exception *e, bool call) {
    pyc_puts(t, "(");
    for (int i = 0; i < e->count; i++) {
        if (i) pyc_puts(t, ", ");
        pyc_put(t, pyc_chars(&e->arguments[i].quoted), e->arguments[i].quoted.used);
    }
    pyc_puts(t, e->count == 1 && !call ? ",)" : ")");
}

static void pyc_put_exception(pyc_text *t, const pyc_exception *e) {
    if (e->count == 1) {
        const pyc_argument *only = e->arguments;
        const pyc_text *text = strcmp(e->kind, "KeyError") ? &only->shown : &only->quoted;
        pyc_put(t, pyc_chars(text), text->used);
    } else if (e->count) {
        pyc_put_arguments(t, e, false);
    }
}

static void pyc_put_caught(pyc_text *t, int64_t number) {
    pthread_mutex_lock(&pyc_lock);
    pyc_put_exception(t, pyc_exception_of((int32_t)number));
    pthread_mutex_unlock(&pyc_lock);
}

static void pyc_quote_caught(pyc_text *t, int64_t number) {
    pthread_mutex_lock(&pyc_lock);
    const pyc_exception *e = pyc_exception_of((int32_t)number);
    pyc_puts(t, e->kind);
    pyc_put_arguments(t, e, true);
    pthread_mutex_unlock(&pyc_lock);
}

/* One argument of an exception, or the tuple of all where `index` is -1. */
static void pyc_put_argument(pyc_text *t, int64_t number, int index, bool quoted) {
    pthread_mutex_lock(&pyc_lock);
    const pyc_exception *e = pyc_exception_of((int32_t)number);
    if (index < 0) {
        pyc_put_arguments(t, e, false);
    } else if (index >= e->count) {
        pyc_fail("IndexError", "tuple index out of range");
    } else {
        const pyc_text *text = quoted ? &e->arguments[index].quoted : &e->arguments[index].shown;
        pyc_put(t, pyc_chars(text), text->used);
    }
    pthread_mutex_unlock(&pyc_lock);
}

/* --- what is said ------------------------------------------------------------------------------------------------ */

/* The calls through which the error of a thread has come, the innermost first; and those of errors that were caught. */
typedef struct {
    int32_t steps[PYC_MOST_STEPS], errors[PYC_MOST_STEPS];
    int count;
} pyc_way;
static _Thread_local pyc_way pyc_now, *pyc_caught_ways;

static void pyc_pass_by(int32_t step, int32_t error) {
    if (!pyc_caught_ways) {
        pyc_caught_ways = pyc_more(NULL, (size_t)(PYC_ENTRIES + 1) * sizeof(pyc_way));
        for (int32_t i = 0; i <= PYC_ENTRIES; i++) pyc_caught_ways[i].count = 0;
    }
    if (step == 0) {
        pyc_caught_ways[error] = pyc_now;
        pyc_now.count = 0;
    } else if (step == -1) {
        pyc_now = pyc_caught_ways[error];
        pyc_caught_ways[error].count = 0;
    } else if (pyc_now.count < PYC_MOST_STEPS) {
        pyc_now.steps[pyc_now.count] = step;
        pyc_now.errors[pyc_now.count++] = error;
    }
}

/* Keep what was said of the exception with a number: the values, and the text of its arguments if they are made. */
static void pyc_keep(int32_t number, const int64_t *v, int values, pyc_argument *arguments, int count, char *cause) {
    pthread_mutex_lock(&pyc_lock);
    pyc_exception *e = &pyc_exceptions[number];
    pyc_clear(e);
    e->told = true;
    e->kind = pyc_entries[number].kind;
    e->cause = cause;
    for (int i = 0; i < values; i++) e->values[i] = v[i];
    if (arguments) {
        e->arguments = arguments;
        e->count = count;
        e->made = true;
    }
    pthread_mutex_unlock(&pyc_lock);
}

/* Make what a thread could not say the exception of that number; returns what ends the function. */
static int32_t pyc_refused(int32_t number) {
    pthread_mutex_lock(&pyc_lock);
    pyc_exception *e = &pyc_exceptions[number];
    pyc_clear(e);
    e->arguments = pyc_more(NULL, sizeof(pyc_argument));
    memset(e->arguments, 0, sizeof(pyc_argument));
    pyc_puts(&e->arguments[0].shown, pyc_reason);
    pyc_put_quoted(&e->arguments[0].quoted, &e->arguments[0].shown);
    e->told = e->made = true;
    e->kind = pyc_failed;
    e->count = 1;
    pthread_mutex_unlock(&pyc_lock);
    pyc_failed = NULL;
    return 1;
}

/* End quietly where nobody reads any more, as the end of a pipe does. */
static void pyc_unwritten(void) {
    if (errno != EPIPE) fprintf(stderr, "OSError: [Errno %d] %s\n", errno, strerror(errno));
    _exit(1);
}

static void pyc_say(const pyc_text *line, bool flush) {
    if (fwrite(pyc_chars(line), 1, line->used, stdout) != line->used || (flush && fflush(stdout))) pyc_unwritten();
}

/* --- exceptions that nobody catches ------------------------------------------------------------------------------ */

static void pyc_put_headline(pyc_text *t, const pyc_exception *e) {
    pyc_text words = {0};
    pyc_put_exception(&words, e);
    if (!strcmp(e->kind, "LinAlgError")) pyc_puts(t, "numpy.linalg.");
    pyc_puts(t, e->kind);
    if (words.used) {
        pyc_puts(t, ": ");
        pyc_put(t, words.at, words.used);
    }
    pyc_puts(t, "\n");
    pyc_drop(&words);
}

static bool pyc_same_place(const pyc_entry *a, const pyc_entry *b) {
    return a->line == b->line && !strcmp(a->file, b->file) && !strcmp(a->function, b->function);
}

/* The calls that led to an error where it was raised, and itself. */
static int pyc_depth(int32_t number) {
    int depth = 0;
    for (; number; number = pyc_entries[number].caller) depth++;
    return depth;
}

/* The traceback of an error that has come a way, without the outermost places, of which some are skipped. */
static void pyc_put_traceback(pyc_text *t, int32_t number, const pyc_way *way, int skipped) {
    enum { MOST = 1024 };
    int32_t places[MOST];
    int count = 0, equal = 0;
    places[count++] = number;
    for (int k = -1; k < way->count; k++) {
        if (k >= 0 && way->errors[k] != number) continue;
        int32_t at = k < 0 ? pyc_entries[number].caller : way->steps[k];
        for (; at && count < MOST; at = pyc_entries[at].caller) places[count++] = at;
    }
    count -= skipped < count ? skipped : 0;
    pyc_puts(t, "Traceback (most recent call last):\n");
    for (int k = count - 1; k >= 0; k--) {
        const pyc_entry *place = &pyc_entries[places[k]];
        equal = k < count - 1 && pyc_same_place(place, &pyc_entries[places[k + 1]]) ? equal + 1 : 0;
        if (equal < 3) {
            pyc_puts(t, "  File \"");
            pyc_puts(t, place->file);
            pyc_puts(t, "\", line ");
            pyc_put_int(t, place->line);
            pyc_puts(t, ", in ");
            pyc_puts(t, place->function);
            pyc_puts(t, "\n");
        } else if (k == 0 || !pyc_same_place(place, &pyc_entries[places[k - 1]])) {
            pyc_puts(t, "  [Previous line repeated ");
            pyc_put_int(t, equal - 2);
            pyc_puts(t, equal == 3 ? " more time]\n" : " more times]\n");
        }
    }
}

/* What is shown of the cause of an exception, before it: its traceback begins in the function that caught it. */
static char *pyc_cause(int64_t cause, int32_t number) {
    pyc_text t = {0};
    pthread_mutex_lock(&pyc_lock);
    const pyc_exception *e = pyc_exception_of((int32_t)cause);
    if (e->cause) pyc_puts(&t, e->cause);
    pyc_way none = {.count = 0};
    pyc_put_traceback(&t, (int32_t)cause, pyc_caught_ways ? &pyc_caught_ways[cause] : &none, pyc_depth(number) - 1);
    pyc_put_headline(&t, e);
    pthread_mutex_unlock(&pyc_lock);
    pyc_puts(&t, "\nThe above exception was the direct cause of the following exception:\n\n");
    return t.at;
}

/* The status of a program that ends with an error: Python's traceback is on standard error. */
static int pyc_uncaught(int32_t number) {
    pyc_text t = {0};
    if (fflush(stdout)) pyc_unwritten();
    const pyc_exception *e = pyc_exception_of(number);
    if (e->cause) pyc_puts(&t, e->cause);
    pyc_put_traceback(&t, number, &pyc_now, 0);
    pyc_put_headline(&t, e);
    fwrite(t.at, 1, t.used, stderr);
    return 1;
}

/* --- arguments --------------------------------------------------------------------------------------------------- */

static const char *pyc_program = "";

static void pyc_usage(FILE *out, const pyc_parameter *p, int count) {
    fprintf(out, "usage: %s", pyc_program);
    for (int k = 0; k < count; k++) fprintf(out, p[k].initial ? " [%s]" : " %s", p[k].name);
    fputs("\n", out);
    for (int k = 0; k < count; k++) {
        fprintf(out, "  %s: %s", p[k].name, p[k].type);
        fprintf(out, p[k].initial ? ", %s by default\n" : "\n", p[k].initial);
    }
}

static bool pyc_int_of(const char *s, int64_t *x) {
    char digits[64];
    size_t n = 0;
    for (const char *at = s; *at; at++) {
        bool between = at > s && isdigit((unsigned char)at[-1]) && isdigit((unsigned char)at[1]);
        if (*at == '_' && between) continue;
        if (!isdigit((unsigned char)*at) && !(at == s && (*at == '-' || *at == '+'))) return false;
        if (n == sizeof digits - 1) return false;
        digits[n++] = *at;
    }
    digits[n] = 0;
    if (!n || !isdigit((unsigned char)digits[n - 1])) return false;
    errno = 0;
    *x = strtoll(digits, NULL, 10);
    return !errno;
}

static bool pyc_float_of(const char *s, double *x) {
    char *end;
    if (!*s || isspace((unsigned char)*s) || strpbrk(s, "xXpP(")) return false;
    *x = strtod(s, &end);
    return !*end;
}

static bool pyc_bool_of(const char *s, bool *x) {
    *x = !strcmp(s, "True") || !strcmp(s, "true") || !strcmp(s, "1");
    return *x || !strcmp(s, "False") || !strcmp(s, "false") || !strcmp(s, "0");
}

/* Take the arguments of a program apart; its status, or -1 where it can run. `places` are where values go. */
static int pyc_arguments(int argc, char **argv, const pyc_parameter *p, int count, void **places) {
    int needed = 0;
    if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        pyc_usage(stdout, p, count);
        return 0;
    }
    for (int k = 0; k < count; k++) needed += !p[k].initial;
    if (argc - 1 < needed || argc - 1 > count) {
        pyc_usage(stderr, p, count);
        fprintf(stderr, "%s: %s arguments\n", pyc_program, argc - 1 < needed ? "missing" : "too many");
        return 2;
    }
    for (int k = 0; k < count && k < argc - 1; k++) {
        const char *s = argv[k + 1];
        bool fits = !strcmp(p[k].type, "int")     ? pyc_int_of(s, places[k])
                    : !strcmp(p[k].type, "float") ? pyc_float_of(s, places[k])
                                                  : pyc_bool_of(s, places[k]);
        if (fits) continue;
        pyc_usage(stderr, p, count);
        fprintf(stderr, "%s: %s is %s, not '%s'\n", pyc_program, p[k].name,
                *p[k].type == 'i' ? "an int of 64 bits" : *p[k].type == 'f' ? "a float" : "True or False", s);
        return 2;
    }
    return -1;
}

/* How /proc/cpuinfo begins the line that names what a processor has; an emulator may show that of another one. */
#ifdef __x86_64__
#define PYC_FEATURES "flags"
#else
#define PYC_FEATURES "Features"
#endif

/* Whether the machine has what the code was compiled for, as /proc/cpuinfo names it; it says what is missing. */
static bool pyc_runs_here(const char *const *features) {
    char *line = NULL;
    size_t room = 0;
    bool runs = true;
    FILE *file = *features ? fopen("/proc/cpuinfo", "r") : NULL;
    while (file && getline(&line, &room, file) > 0) {
        if (strncmp(line, PYC_FEATURES, strlen(PYC_FEATURES))) continue;
        line[strcspn(line, "\n")] = ' ';
        for (; *features; features++) {
            char wanted[64];
            snprintf(wanted, sizeof wanted, " %s ", *features);
            if (strstr(line, wanted)) continue;
            fprintf(stderr, "%s: this machine lacks %s\n", pyc_program, *features);
            runs = false;
        }
        break;
    }
    free(line);
    if (file) fclose(file);
    return runs;
}

static void pyc_start(char **argv) {
    const char *slash = argv[0] ? strrchr(argv[0], '/') : NULL;
    pyc_program = slash ? slash + 1 : argv[0] ? argv[0] : "";
    pyc_exceptions = pyc_more(NULL, (size_t)(PYC_ENTRIES + 1) * sizeof(pyc_exception));
    memset(pyc_exceptions, 0, (size_t)(PYC_ENTRIES + 1) * sizeof(pyc_exception));
}

static int pyc_end(int64_t status) {
    if (fflush(stdout)) pyc_unwritten();
    return (int)(status & 0xFF);
}
