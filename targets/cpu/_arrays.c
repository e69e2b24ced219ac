/* Arrays as NumPy prints them: the elements that a function has said, in rows, columns of one width, or summarised.
 *
 * A part of the source of an executable, after _text.c. PYC_HIGH_16, PYC_HIGH_32, PYC_WIDE_16, PYC_WIDE_32 and
 * PYC_SHAPES are as the NumPy has them that the program was compiled with: from where on numbers and arrays have
 * exponents, and whether the representation of a long array has its shape.
 */
enum { PYC_PRECISION = 8, PYC_THRESHOLD = 1000, PYC_EDGE = 3, PYC_LINE = 75 };

/* What a thread has said of arrays that it has yet to print. */
static _Thread_local struct {
    int64_t *at;
    size_t used, room, taken;
} pyc_elements;

typedef struct {
    char kind; /* b, i, u, f */
    int bits, rank;
    const int64_t *shape, *at;
    bool summarised;
    /* How elements are laid out. */
    bool exponents;
    int left, right, exponent_size, precision;
} pyc_array;

static void pyc_element(int64_t bits) {
    if (pyc_elements.used == pyc_elements.room) {
        pyc_elements.room = 2 * pyc_elements.room + 64;
        pyc_elements.at = pyc_more(pyc_elements.at, pyc_elements.room * sizeof(int64_t));
    }
    pyc_elements.at[pyc_elements.used++] = bits;
}

static size_t pyc_count(const int64_t *shape, int rank) {
    size_t count = 1;
    for (int k = 0; k < rank; k++) count *= (size_t)shape[k];
    return count;
}

/* The next elements that were said, as many as an array of this shape has. */
static const int64_t *pyc_taken(const int64_t *shape, int rank) {
    const int64_t *found = pyc_elements.at + pyc_elements.taken;
    pyc_elements.taken += pyc_count(shape, rank);
    return found;
}

static void pyc_forget(void) { pyc_elements.used = pyc_elements.taken = 0; }

static double pyc_narrowed(double x, int bits) { return bits == 64 ? x : bits == 32 ? (double)(float)x : pyc_half(x); }

static double pyc_high(int bits) { return bits == 64 ? 1e16 : bits == 32 ? PYC_HIGH_32 : PYC_HIGH_16; }

static void pyc_put_scalar(pyc_text *t, char kind, int bits, int64_t x) {
    if (kind == 'b') {
        pyc_put_bool(t, x);
    } else if (kind == 'f') {
        pyc_put_float(t, pyc_double(x), bits, pyc_high(bits));
    } else if (kind == 'u') {
        pyc_put_unsigned(t, x);
    } else {
        pyc_put_int(t, x);
    }
}

/* A finite number with at most so many digits after the point, which is always there. */
static void pyc_fixed(pyc_text *t, double x, int bits, int precision) {
    char digits[48];
    pyc_text s = {0};
    double size = fabs(x);
    if (signbit(x)) pyc_puts(t, "-");
    int exponent = size == 0 ? (strcpy(digits, "0"), 0) : pyc_digits(size, bits, digits);
    pyc_positional(&s, digits, exponent, false);
    char *point = strchr(s.at, '.');
    if (point && s.at + s.used - point - 1 > precision) {
        pyc_drop(&s);
        pyc_printed(&s, "%.*f", precision, size);
        while (s.used && s.at[s.used - 1] == '0') s.used--;
        s.at[s.used] = 0;
    }
    pyc_put(t, s.at, s.used);
    if (!strchr(s.at, '.')) pyc_puts(t, ".");
    pyc_drop(&s);
}

/* A finite number with an exponent of at least so many digits, and at least `least` digits after the point. */
static void pyc_floating(pyc_text *t, double x, int bits, int precision, int least, int exponent_size) {
    char digits[48] = "0", s[48];
    double size = fabs(x);
    int exponent = size == 0 ? 0 : pyc_digits(size, bits, digits);
    int more = (int)strlen(digits) - 1;
    if (more > precision || more < least) { /* those that are asked for beyond the fewest are its own */
        snprintf(s, sizeof s, "%.*e", more > precision ? precision : least, size);
        exponent = pyc_unpacked(s, digits);
    }
    if (signbit(x)) pyc_puts(t, "-");
    pyc_put(t, digits, 1);
    pyc_puts(t, ".");
    pyc_puts(t, digits + 1);
    pyc_pad(t, "0", least - (long)strlen(digits + 1));
    pyc_put(t, s, (size_t)snprintf(s, sizeof s, "e%c%0*d", exponent < 0 ? '-' : '+', exponent_size, abs(exponent)));
}

static void pyc_longer(int *most, size_t size) {
    if ((int)size > *most) *most = (int)size;
}

typedef struct {
    double most, least;
    bool finite, infinite, below, other;
} pyc_range;

/* Do something for each element that is shown; `pass` says what. */
static void pyc_survey(pyc_array *a, int axis, size_t at, int pass, pyc_range *r) {
    if (axis < a->rank) {
        int64_t n = a->shape[axis];
        size_t step = pyc_count(a->shape + axis + 1, a->rank - axis - 1);
        for (int64_t i = 0; i < n; i++) {
            if (a->summarised && n > 2 * PYC_EDGE && i == PYC_EDGE) i = n - PYC_EDGE;
            pyc_survey(a, axis + 1, at + (size_t)i * step, pass, r);
        }
        return;
    }
    pyc_text s = {0};
    if (a->kind != 'f') {
        pyc_put_scalar(&s, a->kind, a->bits, a->at[at]);
        pyc_longer(&a->left, s.used);
        pyc_drop(&s);
        return;
    }
    double x = pyc_double(a->at[at]);
    if (!isfinite(x)) {
        r->other = true;
        r->below |= isinf(x) && x < 0;
    } else if (pass == 0) {
        r->finite = true;
        x = fabs(x);
        if (x != 0 && x > r->most) r->most = x;
        if (x != 0 && x < r->least) r->least = x;
    } else {
        if (a->exponents) {
            pyc_floating(&s, x, a->bits, PYC_PRECISION, 0, 2);
        } else {
            pyc_fixed(&s, x, a->bits, PYC_PRECISION);
        }
        const char *point = strchr(s.at, '.'), *e = strchr(s.at, 'e');
        const char *end = e ? e : s.at + s.used;
        pyc_longer(&a->left, (size_t)(point - s.at));
        pyc_longer(&a->right, (size_t)(end - point - 1));
        if (e) pyc_longer(&a->exponent_size, s.used - (size_t)(e - s.at) - 2);
        pyc_drop(&s);
    }
}

/* Find how elements are laid out. */
static void pyc_lay_out(pyc_array *a) {
    pyc_range r = {.most = 0, .least = INFINITY};
    pyc_survey(a, 0, 0, 0, &r);
    if (a->kind == 'b' && a->rank) a->left = 5;
    if (a->kind != 'f') return;
    if (r.most > 0) {
        double wide = a->bits == 64 ? 1e8 : a->bits == 32 ? PYC_WIDE_32 : PYC_WIDE_16;
        a->exponents = r.most >= wide || r.least < pyc_narrowed(0.0001, a->bits) ||
                       pyc_narrowed(r.most / r.least, a->bits) > 1000;
    }
    pyc_survey(a, 0, 0, 1, &r);
    if (a->exponents) {
        a->precision = a->right;
        a->right = a->exponent_size + 2 + a->precision;
    }
    if (r.other) {
        pyc_longer(&a->left, (size_t)(3 > a->right + 1 ? 3 - a->right - 1 : 0));
        pyc_longer(&a->left, (size_t)(3 + r.below > a->right + 1 ? 3 + r.below - a->right - 1 : 0));
    }
}

/* An element in its column. */
static void pyc_word(pyc_text *t, const pyc_array *a, size_t at) {
    pyc_text s = {0};
    long before = 0, after = 0;
    double x = a->kind == 'f' ? pyc_double(a->at[at]) : 0;
    if (a->kind != 'f') {
        pyc_put_scalar(&s, a->kind, a->bits, a->at[at]);
        before = a->left - (long)s.used;
    } else if (!isfinite(x)) {
        pyc_puts(&s, isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
        before = a->left + a->right + 1 - (long)s.used;
    } else if (a->exponents) {
        pyc_floating(&s, x, a->bits, a->precision, a->precision, a->exponent_size);
        before = a->left - (strchr(s.at, '.') - s.at);
    } else {
        pyc_fixed(&s, x, a->bits, PYC_PRECISION);
        before = a->left - (strchr(s.at, '.') - s.at);
        after = a->right - (long)(s.at + s.used - strchr(s.at, '.') - 1);
    }
    pyc_pad(t, " ", before);
    pyc_put(t, s.at, s.used);
    pyc_pad(t, " ", after);
    pyc_drop(&s);
}

/* Put a word on a line, which is put away first where it is full. */
static void pyc_extend(pyc_text *t, pyc_text *line, const char *word, long width, long indent) {
    if ((long)(line->used + strlen(word)) > width && (long)line->used > indent) {
        while (line->used && line->at[line->used - 1] == ' ') line->used--;
        pyc_put(t, line->at, line->used);
        pyc_puts(t, "\n");
        line->used = 0;
        pyc_pad(line, " ", indent);
    }
    pyc_puts(line, word);
}

static void pyc_rows(pyc_text *t, const pyc_array *a, int axis, size_t at, long indent, long width, const char *comma) {
    int64_t n = a->shape[axis];
    size_t step = pyc_count(a->shape + axis + 1, a->rank - axis - 1);
    bool cut = a->summarised && n > 2 * PYC_EDGE;
    pyc_text lines = {0}, line = {0}; /* of the last axis */
    pyc_puts(t, "[");
    pyc_pad(&line, " ", indent);
    for (int64_t i = 0; i < n; i++) {
        bool last = i == n - 1;
        if (cut && i == PYC_EDGE) {
            i = n - PYC_EDGE - 1;
            if (axis == a->rank - 1) {
                pyc_extend(&lines, &line, "...", width - 1, indent);
            } else {
                pyc_pad(t, " ", indent);
                pyc_puts(t, "...");
            }
        } else if (axis == a->rank - 1) {
            pyc_text word = {0};
            pyc_word(&word, a, at + (size_t)i * step);
            pyc_extend(&lines, &line, word.at, width - 1, indent);
            pyc_drop(&word);
        } else {
            if (i) pyc_pad(t, " ", indent);
            pyc_rows(t, a, axis + 1, at + (size_t)i * step, indent + 1, width - 1, comma);
        }
        if (last) break;
        if (axis == a->rank - 1) {
            pyc_puts(&line, comma);
            pyc_puts(&line, " ");
        } else {
            pyc_puts(t, comma);
            for (int k = axis; k < a->rank - 1; k++) pyc_puts(t, "\n");
        }
    }
    if (axis == a->rank - 1) {
        pyc_put(&lines, pyc_chars(&line), line.used);
        /* The bracket stands where the first line's indentation would. */
        pyc_put(t, lines.at + indent, lines.used - (size_t)indent);
    }
    pyc_drop(&lines);
    pyc_drop(&line);
    pyc_puts(t, "]");
}

static void pyc_whole(pyc_text *t, const pyc_array *a, long indent, long width, const char *comma) {
    if (pyc_count(a->shape, a->rank) == 0) {
        pyc_puts(t, "[]");
    } else if (a->rank == 0) {
        pyc_word(t, a, 0);
    } else {
        pyc_rows(t, a, 0, 0, indent, width, comma);
    }
}

static pyc_array pyc_array_of(char kind, int bits, int rank, const int64_t *shape, const int64_t *at) {
    pyc_array a = {.kind = kind, .bits = bits, .rank = rank, .shape = shape, .at = at};
    a.summarised = pyc_count(shape, rank) > PYC_THRESHOLD;
    if (pyc_count(shape, rank)) pyc_lay_out(&a);
    return a;
}

static void pyc_put_array(pyc_text *t, char kind, int bits, int rank, const int64_t *shape, const int64_t *at) {
    if (rank == 0) {
        pyc_put_scalar(t, kind, bits, *at);
        return;
    }
    pyc_array a = pyc_array_of(kind, bits, rank, shape, at);
    pyc_whole(t, &a, 1, PYC_LINE, "");
}

/* `array([1., 2.], dtype=float32)`; `type` is the name of a type that the elements do not show. */
static void pyc_quote_array(
    pyc_text *t, char kind, int bits, int rank, const int64_t *shape, const int64_t *at, const char *type, bool implied) {
    pyc_array a = pyc_array_of(kind, bits, rank, shape, at);
    size_t count = pyc_count(shape, rank), start = t->used;
    pyc_text extra = {0};
    pyc_puts(t, "array(");
    pyc_whole(t, &a, 7, PYC_LINE - 1, ",");
    if ((count == 0 && rank != 1) || (PYC_SHAPES && count > PYC_THRESHOLD)) {
        pyc_puts(&extra, "shape=(");
        for (int k = 0; k < rank; k++) {
            if (k) pyc_puts(&extra, ", ");
            pyc_put_int(&extra, shape[k]);
        }
        pyc_puts(&extra, rank == 1 ? ",)" : ")");
    }
    if (!implied || count == 0) {
        pyc_puts(&extra, extra.used ? ", dtype=" : "dtype=");
        pyc_puts(&extra, type);
    }
    if (extra.used) {
        pyc_puts(t, ",");
        const char *text = t->at + start, *line = strrchr(text, '\n');
        size_t last = strlen(line ? line + 1 : text);
        pyc_puts(t, last + extra.used + 2 > PYC_LINE ? "\n      " : " ");
        pyc_put(t, extra.at, extra.used);
    }
    pyc_puts(t, ")");
    pyc_drop(&extra);
}
