/* Text as Python makes it of numbers and strings: str, repr, and what follows the colon in an f-string.
 *
 * A part of the source of an executable: targets/cpu/program.py puts it before what it writes for a program.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* UTF-8 that grows. */
typedef struct {
    char *at;
    size_t used, room;
} pyc_text;

/* What a thread could not say: the kind of the exception and its message. */
static _Thread_local const char *pyc_failed;
static _Thread_local char pyc_reason[256];

static void pyc_fail(const char *kind, const char *format, ...) {
    if (pyc_failed) return;
    va_list values;
    va_start(values, format);
    vsnprintf(pyc_reason, sizeof pyc_reason, format, values);
    va_end(values);
    pyc_failed = kind;
}

static void *pyc_more(void *memory, size_t bytes) {
    void *found = realloc(memory, bytes ? bytes : 1);
    if (!found) {
        fputs("MemoryError\n", stderr);
        _exit(1);
    }
    return found;
}

static void pyc_put(pyc_text *t, const char *s, size_t bytes) {
    if (t->used + bytes >= t->room) {
        t->room = 2 * (t->used + bytes) + 32;
        t->at = pyc_more(t->at, t->room);
    }
    memcpy(t->at + t->used, s, bytes);
    t->used += bytes;
    t->at[t->used] = 0;
}

static void pyc_puts(pyc_text *t, const char *s) { pyc_put(t, s, strlen(s)); }

static void pyc_drop(pyc_text *t) {
    free(t->at);
    *t = (pyc_text){0};
}

static const char *pyc_chars(const pyc_text *t) { return t->at ? t->at : ""; }

/* --- numbers ----------------------------------------------------------------------------------------------------- */

static double pyc_double(int64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void pyc_put_int(pyc_text *t, int64_t x) {
    char s[24];
    pyc_put(t, s, (size_t)snprintf(s, sizeof s, "%" PRId64, x));
}

static void pyc_put_unsigned(pyc_text *t, int64_t x) {
    char s[24];
    pyc_put(t, s, (size_t)snprintf(s, sizeof s, "%" PRIu64, (uint64_t)x));
}

static void pyc_put_bool(pyc_text *t, int64_t x) { pyc_puts(t, x ? "True" : "False"); }

/* The half-precision number that is nearest to a positive one. */
static double pyc_half(double x) {
    int exponent;
    if (x >= 65520) return INFINITY;
    frexp(x, &exponent);
    int unit = exponent < -13 ? -24 : exponent - 11;
    return ldexp(nearbyint(ldexp(x, -unit)), unit);
}

static bool pyc_reads_as(const char *s, double x, int bits) {
    if (bits == 64) return strtod(s, NULL) == x;
    if (bits == 32) return (double)strtof(s, NULL) == x;
    return pyc_half(strtod(s, NULL)) == x;
}

/* The digits of a positive finite number in `%.*e`, without point and trailing zeros; returns its exponent of ten. */
static int pyc_unpacked(const char *s, char *digits) {
    size_t n = 0;
    for (; *s != 'e'; s++)
        if (*s != '.') digits[n++] = *s;
    while (n > 1 && digits[n - 1] == '0') n--;
    digits[n] = 0;
    return atoi(s + 1);
}

/* The fewest digits that are read as `x`, positive, finite, of so many bits; returns their exponent of ten. */
static int pyc_digits(double x, int bits, char *digits) {
    char s[48];
    int most = bits == 64 ? 17 : bits == 32 ? 9 : 5, first = bits == 64 ? 15 : bits == 32 ? 6 : 1;
    int exponent;
    /* Decimals of so few digits differ as binary numbers too, but where these are too small to be normal. */
    if (x < (bits == 64 ? 2.3e-308 : 1.2e-38)) first = 1;
    bool lopsided = frexp(x, &exponent) == 0.5;
    for (int n = first;; n++) {
        snprintf(s, sizeof s, "%.*e", n - 1, x);
        if (n >= most || pyc_reads_as(s, x, bits)) return pyc_unpacked(s, digits);
        if (lopsided) { /* below it numbers are closer than above: the next decimal may be read as it */
            char *last = s + (n > 1 ? n : 0);
            if (*last != '9') {
                ++*last;
                if (pyc_reads_as(s, x, bits)) return pyc_unpacked(s, digits);
            }
        }
    }
}

/* Digits with a point: at least one on either side of it where `full`. */
static void pyc_positional(pyc_text *t, const char *digits, int exponent, bool full) {
    int n = (int)strlen(digits);
    if (exponent < 0) {
        pyc_puts(t, "0.");
        for (int k = exponent + 1; k < 0; k++) pyc_puts(t, "0");
        pyc_puts(t, digits);
        return;
    }
    for (int k = 0; k <= exponent; k++) pyc_put(t, k < n ? digits + k : "0", 1);
    if (n > exponent + 1) {
        pyc_puts(t, ".");
        pyc_puts(t, digits + exponent + 1);
    } else if (full) {
        pyc_puts(t, ".0");
    }
}

static void pyc_scientific(pyc_text *t, const char *digits, int exponent, char letter) {
    char s[16];
    pyc_put(t, digits, 1);
    if (digits[1]) {
        pyc_puts(t, ".");
        pyc_puts(t, digits + 1);
    }
    pyc_put(t, s, (size_t)snprintf(s, sizeof s, "%c%+03d", letter, exponent));
}

/* A number of so many bits as str has it: with an exponent below 1e-4, and from `high` on. */
static void pyc_put_float(pyc_text *t, double x, int bits, double high) {
    char digits[48];
    if (isnan(x)) {
        pyc_puts(t, "nan");
        return;
    }
    if (signbit(x)) pyc_puts(t, "-");
    x = fabs(x);
    if (isinf(x)) {
        pyc_puts(t, "inf");
    } else if (x == 0) {
        pyc_puts(t, "0.0");
    } else {
        int exponent = pyc_digits(x, bits, digits);
        if (x >= 1e-4 && x < high) {
            pyc_positional(t, digits, exponent, true);
        } else {
            pyc_scientific(t, digits, exponent, 'e');
        }
    }
}

/* --- strings ----------------------------------------------------------------------------------------------------- */

/* The bytes of the character that starts with this one. */
static size_t pyc_width_of(unsigned char first) { return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4; }

static size_t pyc_length(const char *s, size_t bytes) {
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++) count += ((unsigned char)s[i] & 0xC0) != 0x80;
    return count;
}

/* The characters of a string, those that are not ASCII escaped where `plain`. */
static void pyc_put_escaped(pyc_text *t, const pyc_text *s, char quote, bool plain) {
    char escape[16];
    for (size_t i = 0; i < s->used; i += pyc_width_of((unsigned char)s->at[i])) {
        unsigned char c = (unsigned char)s->at[i];
        size_t bytes = pyc_width_of(c);
        if (c >= 0x80) {
            uint32_t point = c & (0x7F >> bytes);
            for (size_t k = 1; k < bytes; k++) point = point << 6 | ((unsigned char)s->at[i + k] & 0x3F);
            if (plain) {
                snprintf(escape, sizeof escape, point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
                pyc_puts(t, escape);
            } else {
                pyc_put(t, s->at + i, bytes);
            }
        } else if (quote && (c == (unsigned char)quote || c == '\\')) {
            pyc_puts(t, "\\");
            pyc_put(t, s->at + i, 1);
        } else if (quote && (c == '\n' || c == '\r' || c == '\t')) {
            pyc_puts(t, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        } else if (quote && (c < 0x20 || c == 0x7F)) {
            snprintf(escape, sizeof escape, "\\x%02x", c);
            pyc_puts(t, escape);
        } else {
            pyc_put(t, s->at + i, 1);
        }
    }
}

static void pyc_put_quoted(pyc_text *t, const pyc_text *s) {
    bool single = s->used && memchr(s->at, '\'', s->used), twice = s->used && memchr(s->at, '"', s->used);
    char quote = single && !twice ? '"' : '\'';
    pyc_put(t, &quote, 1);
    pyc_put_escaped(t, s, quote, false);
    pyc_put(t, &quote, 1);
}

/* --- format specifications --------------------------------------------------------------------------------------- */

typedef struct {
    char fill[5];
    char align, sign, group, type;
    bool coerce, alternate;
    long width, precision;
} pyc_spec;

static long pyc_number_at(const char **s) {
    long found = -1;
    while (isdigit((unsigned char)**s)) {
        found = (found < 0 ? 0 : found) * 10 + (*(*s)++ - '0');
        if (found > 0x7FFFFFFF) {
            pyc_fail("ValueError", "Too many decimal digits in format string");
            found = 0;
        }
    }
    return found;
}

/* Whether the specification can be read; `align` is that of the type. */
static bool pyc_read_spec(const char *s, size_t bytes, char align, const char *type, pyc_spec *f) {
    const char *whole = s;
    size_t first = bytes ? pyc_width_of((unsigned char)*s) : 0;
    bool filled = false, aligned = false;
    *f = (pyc_spec){.fill = " ", .align = align, .sign = 0, .width = -1, .precision = -1};
    if (bytes > first && strchr("<>=^", s[first])) {
        memcpy(f->fill, s, first);
        f->fill[first] = 0;
        f->align = s[first];
        filled = aligned = true;
        s += first + 1;
    } else if (bytes && strchr("<>=^", *s)) {
        f->align = *s++;
        aligned = true;
    }
    if (*s && strchr("+- ", *s)) f->sign = *s++;
    if (*s == 'z') f->coerce = true, s++;
    if (*s == '#') f->alternate = true, s++;
    if (*s == '0' && !filled) {
        strcpy(f->fill, "0");
        if (!aligned && align == '>') f->align = '=';
        s++;
    }
    f->width = pyc_number_at(&s);
    if (*s == ',') f->group = *s++;
    if (*s == '_') {
        if (f->group) pyc_fail("ValueError", "Cannot specify both ',' and '_'.");
        f->group = *s++;
    }
    if (*s == ',') pyc_fail("ValueError", "Cannot specify %s.", f->group == '_' ? "both ',' and '_'" : "',' with ','");
    if (*s == '.') {
        s++;
        f->precision = pyc_number_at(&s);
        if (f->precision < 0) pyc_fail("ValueError", "Format specifier missing precision");
    }
    if (whole + bytes - s > 1) {
        pyc_fail("ValueError", "Invalid format specifier '%s' for object of type '%s'", whole, type);
    } else if (*s) {
        f->type = *s;
    }
    char meant = f->type || align == '>' ? f->type : 's';
    if (f->group && meant && !strchr(f->group == ',' ? "deEfFgG%" : "deEfFgG%boxX", meant))
        pyc_fail("ValueError", "Cannot specify '%c' with '%c'.", f->group, meant);
    return !pyc_failed;
}

static void pyc_pad(pyc_text *t, const char *fill, long count) {
    for (; count > 0; count--) pyc_puts(t, fill);
}

static void pyc_put_string(pyc_text *t, const pyc_text *x, const char *spec, size_t bytes) {
    pyc_spec f;
    if (!bytes) {
        pyc_put(t, pyc_chars(x), x->used);
        return;
    }
    if (!pyc_read_spec(spec, bytes, '<', "str", &f)) return;
    if (f.type && f.type != 's') pyc_fail("ValueError", "Unknown format code '%c' for object of type 'str'", f.type);
    if (f.sign) pyc_fail("ValueError", f.sign == ' ' ? "Space not allowed in string format specifier"
                                                     : "Sign not allowed in string format specifier");
    if (f.coerce) pyc_fail("ValueError", "Negative zero coercion (z) not allowed in string format specifier");
    if (f.alternate) pyc_fail("ValueError", "Alternate form (#) not allowed in string format specifier");
    if (f.align == '=') pyc_fail("ValueError", "'=' alignment not allowed in string format specifier");
    if (pyc_failed) return;
    size_t used = x->used;
    long count = (long)pyc_length(pyc_chars(x), used);
    if (f.precision >= 0 && f.precision < count) {
        for (used = 0, count = 0; count < f.precision; count++) used += pyc_width_of((unsigned char)x->at[used]);
    }
    long missing = f.width > count ? f.width - count : 0;
    long left = f.align == '>' ? missing : f.align == '^' ? missing / 2 : 0;
    pyc_pad(t, f.fill, left);
    pyc_put(t, pyc_chars(x), used);
    pyc_pad(t, f.fill, missing - left);
}

/* A number with sign, prefix (0x), digits that are grouped, and what follows them. */
static void pyc_put_padded(pyc_text *t, const pyc_spec *f, bool negative, const char *prefix, const char *body, int size) {
    char sign[2] = {negative ? '-' : f->sign == '+' || f->sign == ' ' ? f->sign : 0, 0};
    size_t digits = 0;
    while (isxdigit((unsigned char)body[digits]) && (size == 4 || isdigit((unsigned char)body[digits]))) digits++;
    const char *rest = body + digits;
    long others = (long)(strlen(sign) + strlen(prefix) + pyc_length(rest, strlen(rest)));
    pyc_text grouped = {0};
    long wanted = f->fill[0] == '0' && !f->fill[1] && f->align == '=' ? f->width - others : 0;
    if (digits) { /* from the right, each group after its separator; made in reverse */
        long left = (long)digits;
        for (bool more = true; more;) {
            long most = left > wanted ? left : wanted, n = f->group ? size : most;
            if (n > (most > 1 ? most : 1)) n = most > 1 ? most : 1;
            for (long k = 0; k < n; k++) pyc_put(&grouped, left > 0 ? body + --left : "0", 1);
            wanted -= n;
            more = left > 0 || wanted > 0;
            wanted -= 1;
            if (more) pyc_put(&grouped, &f->group, 1);
        }
    }
    for (size_t i = 0; 2 * i + 1 < grouped.used; i++) {
        char c = grouped.at[i];
        grouped.at[i] = grouped.at[grouped.used - 1 - i];
        grouped.at[grouped.used - 1 - i] = c;
    }
    long missing = f->width - others - (long)grouped.used;
    if (missing < 0) missing = 0;
    long left = f->align == '>' ? missing : f->align == '^' ? missing / 2 : 0;
    pyc_pad(t, f->fill, left);
    pyc_puts(t, sign);
    pyc_puts(t, prefix);
    if (f->align == '=') pyc_pad(t, f->fill, missing);
    pyc_put(t, pyc_chars(&grouped), grouped.used);
    pyc_puts(t, rest);
    if (f->align == '<' || f->align == '^') pyc_pad(t, f->fill, missing - left);
    pyc_drop(&grouped);
}

static void pyc_printed(pyc_text *t, const char *format, long precision, double x) {
    int bytes = snprintf(NULL, 0, format, (int)precision, x);
    char *s = pyc_more(NULL, (size_t)bytes + 1);
    snprintf(s, (size_t)bytes + 1, format, (int)precision, x);
    pyc_put(t, s, (size_t)bytes);
    free(s);
}

/* A positive finite number in the manner of `g`; `full` is that of no type at all. */
static void pyc_general(pyc_text *t, double x, long precision, bool alternate, bool full, char letter) {
    pyc_text s = {0};
    if (precision == 0) precision = 1;
    pyc_printed(&s, "%.*e", precision - 1, x);
    char *digits = pyc_more(NULL, s.used + 2);
    int exponent = pyc_unpacked(s.at, digits);
    pyc_drop(&s);
    if (alternate)
        for (long n = (long)strlen(digits); n < precision; n++) {
            digits = pyc_more(digits, (size_t)n + 2);
            digits[n] = '0', digits[n + 1] = 0;
        }
    if (exponent < -4 || exponent >= precision - (full ? 1 : 0)) {
        pyc_scientific(t, digits, exponent, letter);
    } else {
        pyc_positional(t, digits, exponent, full);
    }
    free(digits);
}

static void pyc_put_real(pyc_text *t, double x, const char *spec, size_t bytes, const pyc_spec *read) {
    pyc_spec f;
    pyc_text body = {0};
    if (read) {
        f = *read;
    } else if (!pyc_read_spec(spec, bytes, '>', "float", &f)) {
        return;
    }
    if (f.type && !strchr("eEfFgGn%", f.type)) {
        pyc_fail("ValueError", "Unknown format code '%c' for object of type 'float'", f.type);
        return;
    }
    bool upper = f.type && strchr("EFG", f.type);
    bool negative = signbit(x) && !isnan(x);
    long precision = f.precision < 0 ? 6 : f.precision;
    char kind = f.type ? (char)tolower((unsigned char)f.type) : 0;
    x = fabs(x);
    if (kind == '%') x *= 100;
    if (!isfinite(x)) {
        pyc_puts(&body, isnan(x) ? upper ? "NAN" : "nan" : upper ? "INF" : "inf");
    } else if (kind == 'e') {
        pyc_printed(&body, f.alternate ? upper ? "%#.*E" : "%#.*e" : upper ? "%.*E" : "%.*e", precision, x);
    } else if (kind == 'f' || kind == '%') {
        pyc_printed(&body, f.alternate ? "%#.*f" : "%.*f", precision, x);
    } else if (kind) {
        pyc_general(&body, x, precision, f.alternate, false, upper ? 'E' : 'e');
    } else if (f.precision < 0) {
        pyc_put_float(&body, x, 64, 1e16);
    } else {
        pyc_general(&body, x, precision, f.alternate, true, 'e');
    }
    if (f.alternate && isfinite(x) && !strchr(body.at, '.')) {
        char *e = strpbrk(body.at, "eE");
        pyc_text after = {0};
        pyc_puts(&after, e ? e : "");
        if (e) body.used = (size_t)(e - body.at);
        pyc_puts(&body, ".");
        pyc_put(&body, pyc_chars(&after), after.used);
        pyc_drop(&after);
    }
    if (kind == '%') pyc_puts(&body, "%");
    if (f.coerce && isfinite(x)) {
        char first = body.at[strcspn(body.at, "123456789eE")]; /* that is no zero */
        negative = negative && isdigit((unsigned char)first);
    }
    pyc_put_padded(t, &f, negative, "", body.at, 3);
    pyc_drop(&body);
}

/* An integer by sign and magnitude; `type` is what messages call it. */
static void pyc_put_integer(pyc_text *t, bool negative, uint64_t x, const char *type, const char *spec, size_t bytes) {
    pyc_spec f;
    char body[72], *at = body + sizeof body - 1;
    if (!pyc_read_spec(spec, bytes, '>', type, &f)) return;
    if (f.type && strchr("eEfFgG%", f.type)) {
        pyc_put_real(t, negative ? -(double)x : (double)x, "", 0, &f);
        return;
    }
    if (f.type && !strchr("bcdnoxX", f.type)) {
        pyc_fail("ValueError", "Unknown format code '%c' for object of type '%s'", f.type, type);
    } else if (f.precision >= 0) {
        pyc_fail("ValueError", "Precision not allowed in integer format specifier");
    } else if (f.coerce) {
        pyc_fail("ValueError", "Negative zero coercion (z) not allowed in integer format specifier");
    } else if (f.type == 'c') {
        pyc_fail("ValueError", "format code 'c' is not known to executables");
    }
    if (pyc_failed) return;
    unsigned base = f.type == 'b' ? 2 : f.type == 'o' ? 8 : f.type == 'x' || f.type == 'X' ? 16 : 10;
    const char *figures = f.type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char prefix[3] = {'0', f.type, 0};
    *at = 0;
    do *--at = figures[x % base];
    while (x /= base);
    pyc_put_padded(t, &f, negative, f.alternate && base != 10 ? prefix : "", at, base == 10 ? 3 : 4);
}

static void pyc_format_int(pyc_text *t, int64_t x, const char *spec, size_t bytes) {
    pyc_put_integer(t, x < 0, x < 0 ? 0 - (uint64_t)x : (uint64_t)x, "int", spec, bytes);
}

static void pyc_format_unsigned(pyc_text *t, int64_t x, const char *spec, size_t bytes) {
    pyc_put_integer(t, false, (uint64_t)x, "int", spec, bytes);
}

static void pyc_format_bool(pyc_text *t, int64_t x, const char *spec, size_t bytes) {
    if (bytes) {
        pyc_put_integer(t, false, x != 0, "bool", spec, bytes);
    } else {
        pyc_put_bool(t, x);
    }
}

static void pyc_format_float(pyc_text *t, int64_t x, const char *spec, size_t bytes) {
    pyc_put_real(t, pyc_double(x), spec, bytes, NULL);
}
