// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/number_words.h"

#include "core/tokenize/rewrite.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

namespace {

constexpr std::array<const char *, 19> oneNames{
    "one",     "two",     "three",     "four",     "five",    "six",      "seven",
    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<const char *, 8> tenNames{"twenty", "thirty",  "forty",  "fifty",
                                               "sixty",  "seventy", "eighty", "ninety"};
/// Behind "hundred", each is a thousand times the one before.
constexpr std::array<const char *, 11> multiplierNames{
    "thousand",   "million",    "billion",   "trillion",  "quadrillion", "quintillion",
    "sextillion", "septillion", "octillion", "nonillion", "decillion"};

/// A word's number, with the ending of its plural or ordinal.
struct Suffixed
{
    int value = 0;
    std::string suffix;
};

std::string withoutY(const std::string &name, const char *ending)
{
    return name.substr(0, name.size() - 1) + ending;
}

/// All words that the rules know.
struct Words
{
    std::set<std::string> zeros{"o", "oh", "zero"};
    std::map<std::string, int> ones;
    std::map<std::string, Suffixed> onesSuffixed;
    std::map<std::string, int> tens;
    std::map<std::string, Suffixed> tensSuffixed;
    std::map<std::string, int> multipliers; ///< number of zeros behind the 1
    std::map<std::string, Suffixed> multipliersSuffixed;
    std::map<std::string, std::string> before{
        {"minus", "-"}, {"negative", "-"}, {"plus", "+"}, {"positive", "+"}};
    std::map<std::string, std::string> after{{"pound", "£"}, {"pounds", "£"}, {"euro", "€"},
                                             {"euros", "€"}, {"dollar", "$"}, {"dollars", "$"},
                                             {"cent", "¢"},  {"cents", "¢"}};
    std::set<std::string> suffixers{"per", "percent"};
    std::set<std::string> specials{"and", "double", "triple", "point"};

    Words()
    {
        onesSuffixed = {{"zeroth", {0, "th"}}, {"first", {1, "st"}}, {"second", {2, "nd"}},
                        {"third", {3, "rd"}},  {"fifth", {5, "th"}}, {"twelfth", {12, "th"}}};
        for (std::size_t i = 0; i < oneNames.size(); ++i) {
            const std::string name = oneNames[i];
            const int value = static_cast<int>(i) + 1;
            ones[name] = value;
            onesSuffixed[name == "six" ? "sixes" : name + "s"] = {value, "s"};
            if (value > 3 && value != 5 && value != 12) { // "nineth" is known and "ninth" is not
                onesSuffixed[name + (name.back() == 't' ? "h" : "th")] = {value, "th"};
            }
        }
        for (std::size_t i = 0; i < tenNames.size(); ++i) {
            const int value = 10 * (static_cast<int>(i) + 2);
            tens[tenNames[i]] = value;
            tensSuffixed[withoutY(tenNames[i], "ies")] = {value, "s"};
            tensSuffixed[withoutY(tenNames[i], "ieth")] = {value, "th"};
        }
        addMultiplier("hundred", 2);
        for (std::size_t i = 0; i < multiplierNames.size(); ++i) {
            addMultiplier(multiplierNames[i], 3 * (static_cast<int>(i) + 1));
        }
    }

    bool isDecimal(const std::string &word) const
    {
        return ones.contains(word) || tens.contains(word) || zeros.contains(word);
    }
    bool contains(const std::string &word) const
    {
        return isDecimal(word) || onesSuffixed.contains(word) || tensSuffixed.contains(word)
            || multipliers.contains(word) || multipliersSuffixed.contains(word)
            || before.contains(word) || after.contains(word) || suffixers.contains(word)
            || specials.contains(word);
    }

private:
    void addMultiplier(const std::string &name, int power)
    {
        multipliers[name] = power;
        multipliersSuffixed[name + "s"] = {power, "s"};
        multipliersSuffixed[name + "th"] = {power, "th"};
    }
};

const Words &words()
{
    static const Words table;
    return table;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Digits, perhaps with a point and more digits.
bool isNumber(std::string_view text)
{
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const auto areDigits = [](std::string_view part) {
        return !part.empty() && std::all_of(part.begin(), part.end(), isDigit);
    };
    return areDigits(whole)
        && (point == std::string_view::npos || areDigits(text.substr(point + 1)));
}

std::string withoutLeadingZeros(const std::string &digits)
{
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

/// The sum of two decimal integers of any length.
std::string sumOf(std::string a, std::string b)
{
    const std::size_t length = std::max(a.size(), b.size()) + 1;
    a.insert(0, length - a.size(), '0');
    b.insert(0, length - b.size(), '0');
    int carry = 0;
    for (std::size_t i = length; i-- > 0;) {
        const int digit = (a[i] - '0') + (b[i] - '0') + carry;
        carry = digit / 10;
        a[i] = static_cast<char>('0' + digit % 10);
    }
    return withoutLeadingZeros(a);
}

/// `text` x 10^zeros as an integer; nothing if it is no number or the product
/// has a fraction.
std::optional<std::string> shifted(const std::string &text, int zeros)
{
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string whole = text.substr(0, point);
    std::string fraction = point < text.size() ? text.substr(point + 1) : "";
    const auto isPlain
        = [](const std::string &part) { return std::all_of(part.begin(), part.end(), isDigit); };
    if (whole.size() + fraction.size() == 0 || !isPlain(whole) || !isPlain(fraction)) {
        return std::nullopt;
    }
    fraction.resize(std::max(fraction.size(), static_cast<std::size_t>(zeros)), '0');
    const std::string rest = fraction.substr(static_cast<std::size_t>(zeros));
    if (rest.find_first_not_of('0') != std::string::npos) {
        return std::nullopt;
    }
    return withoutLeadingZeros(whole + fraction.substr(0, static_cast<std::size_t>(zeros)));
}

/// What was read of a number so far: nothing, an integer of any length, or a
/// string of digits that no longer adds up ("19" + "99", "1.").
struct Value
{
    enum class Kind
    {
        None,
        Integer,
        Text
    };
    Kind kind = Kind::None;
    std::string digits;

    bool isNone() const { return kind == Kind::None; }
    bool isText() const { return kind == Kind::Text; }
    bool isZero() const { return kind == Kind::Integer && digits == "0"; }
    void setInteger(std::string text)
    {
        kind = Kind::Integer;
        digits = std::move(text);
    }
    void setText(std::string text)
    {
        kind = Kind::Text;
        digits = std::move(text);
    }
    /// What a string continues: a zero alone counts as nothing.
    std::string asPrefix() const { return isNone() || isZero() ? std::string() : digits; }
    /// Whether a number below 10^places can be added without a carry.
    bool endsInZeros(std::size_t places) const
    {
        const std::string tail = digits.substr(digits.size() - std::min(digits.size(), places));
        return tail.find_first_not_of('0') == std::string::npos;
    }
};

class Scanner
{
public:
    std::string run(const std::vector<std::string> &input)
    {
        for (std::size_t i = 0; i < input.size(); ++i) {
            if (m_skips) {
                m_skips = false;
                continue;
            }
            m_before = i > 0 ? input[i - 1] : std::string();
            m_next = i + 1 < input.size() ? input[i + 1] : std::string();
            scan(input[i]);
        }
        flush();
        std::string text;
        for (const std::string &word : m_output) {
            text += (text.empty() ? "" : " ") + word;
        }
        return text;
    }

private:
    bool nextIsNumeric() const { return isNumber(m_next); }
    bool nextContinues() const { return words().contains(m_next) || nextIsNumeric(); }

    void emit(const std::string &text)
    {
        m_output.push_back(m_prefix + text);
        m_prefix.clear();
        m_value = {};
    }
    void flush()
    {
        if (!m_value.isNone()) {
            emit(m_value.digits);
        }
    }
    void flushAndEmit(const std::string &word)
    {
        flush();
        emit(word);
    }

    void scan(const std::string &word)
    {
        const Words &table = words();
        const std::string sign = signOf(word);
        const std::string bare = word.substr(sign.size());
        if (isNumber(bare)) {
            scanDigits(word, sign, bare);
        } else if (!table.contains(word)) {
            flushAndEmit(word);
        } else if (table.zeros.contains(word)) {
            m_value.setText(m_value.asPrefix() + "0");
        } else if (const auto one = table.ones.find(word); one != table.ones.end()) {
            keep(afterSmall(one->second, one->second < 10 ? 1 : 2));
        } else if (const auto one2 = table.onesSuffixed.find(word);
                   one2 != table.onesSuffixed.end()) {
            const int value = one2->second.value;
            emit(afterSmall(value, value < 10 ? 1 : 2).digits + one2->second.suffix);
        } else if (const auto ten = table.tens.find(word); ten != table.tens.end()) {
            keep(afterTens(ten->second));
        } else if (const auto ten2 = table.tensSuffixed.find(word);
                   ten2 != table.tensSuffixed.end()) {
            emit(afterTens(ten2->second.value).digits + ten2->second.suffix);
        } else if (const auto times = table.multipliers.find(word);
                   times != table.multipliers.end()) {
            keep(afterMultiplier(times->second));
        } else if (const auto times2 = table.multipliersSuffixed.find(word);
                   times2 != table.multipliersSuffixed.end()) {
            emit(afterMultiplier(times2->second.value).digits + times2->second.suffix);
        } else {
            scanSign(word);
        }
    }

    static std::string signOf(const std::string &word)
    {
        for (const char *sign : {"-", "+", "£", "€", "$", "¢"}) {
            if (word.starts_with(sign)) {
                return sign;
            }
        }
        return {};
    }

    void keep(Value value) { m_value = std::move(value); }

    void scanDigits(const std::string &word, const std::string &sign, const std::string &bare)
    {
        if (m_value.isText() && m_value.digits.ends_with('.')) {
            m_value.setText(m_value.digits + word);
            return;
        }
        flush();
        m_prefix = sign.empty() ? m_prefix : sign;
        if (const std::optional<std::string> whole = shifted(bare, 0)) {
            m_value.setInteger(*whole);
        } else {
            m_value.setText(bare);
        }
    }

    /// A number from 0 to 19 behind what was read; `places` is its number of
    /// digits.
    Value afterSmall(int number, std::size_t places) const
    {
        const std::string digits = std::to_string(number);
        Value result = m_value;
        if (m_value.isNone()) {
            result.setInteger(digits);
        } else if (m_value.isText() || words().ones.contains(m_before)) {
            const bool fills = words().tens.contains(m_before) && number < 10;
            result.setText(fills ? m_value.digits.substr(0, m_value.digits.size() - 1) + digits
                                 : m_value.digits + digits);
        } else if (m_value.endsInZeros(places)) {
            result.setInteger(sumOf(m_value.digits, digits));
        } else {
            result.setText(m_value.digits + digits);
        }
        return result;
    }

    Value afterTens(int number) const
    {
        const std::string digits = std::to_string(number);
        Value result = m_value;
        if (m_value.isNone()) {
            result.setInteger(digits);
        } else if (!m_value.isText() && m_value.endsInZeros(2)) {
            result.setInteger(sumOf(m_value.digits, digits));
        } else {
            result.setText(m_value.digits + digits);
        }
        return result;
    }

    /// Emits what cannot be multiplied and starts anew.
    Value afterMultiplier(int zeros)
    {
        Value result;
        const std::string multiplier = "1" + std::string(static_cast<std::size_t>(zeros), '0');
        if (m_value.isNone()) {
            result.setInteger(multiplier);
        } else if (m_value.isText() || m_value.isZero()) {
            if (const std::optional<std::string> product = shifted(m_value.digits, zeros)) {
                result.setInteger(*product);
            } else {
                flush();
                result.setInteger(multiplier);
            }
        } else {
            const std::string &digits = m_value.digits;
            const std::size_t tail = std::min<std::size_t>(3, digits.size());
            const std::string before
                = digits.substr(0, digits.size() - tail) + std::string(tail, '0');
            const std::string residual = digits.substr(digits.size() - tail);
            result.setInteger(
                sumOf(before, residual + std::string(static_cast<std::size_t>(zeros), '0')));
        }
        return result;
    }

    void scanSign(const std::string &word)
    {
        const Words &table = words();
        if (const auto sign = table.before.find(word); sign != table.before.end()) {
            flush();
            if (nextContinues()) {
                m_prefix = sign->second;
            } else {
                emit(word);
            }
        } else if (const auto currency = table.after.find(word); currency != table.after.end()) {
            if (m_value.isNone()) {
                emit(word);
            } else {
                m_prefix = currency->second;
                flush();
            }
        } else if (word == "percent" && !m_value.isNone()) {
            emit(m_value.digits + "%");
        } else if (word == "per" && !m_value.isNone() && m_next == "cent") {
            emit(m_value.digits + "%");
            m_skips = true;
        } else if (table.suffixers.contains(word)) {
            flushAndEmit(word);
        } else {
            scanSpecial(word);
        }
    }

    void scanSpecial(const std::string &word)
    {
        const Words &table = words();
        if (!nextContinues()) {
            flushAndEmit(word);
            return;
        }
        if (word == "and") {
            if (!table.multipliers.contains(m_before)) {
                flushAndEmit(word);
            }
        } else if (word == "point") {
            if (table.isDecimal(m_next) || nextIsNumeric()) {
                m_value.setText(m_value.asPrefix() + ".");
            }
        } else if (const auto one = table.ones.find(m_next);
                   one != table.ones.end() || table.zeros.contains(m_next)) {
            const std::string digit = one == table.ones.end() ? "0" : std::to_string(one->second);
            std::string text = m_value.asPrefix();
            for (int i = 0; i < (word == "double" ? 2 : 3); ++i) {
                text += digit;
            }
            m_value.setText(text);
            m_skips = true;
        } else {
            flushAndEmit(word);
        }
    }

    std::vector<std::string> m_output;
    std::string m_before;
    std::string m_next;
    std::string m_prefix;
    Value m_value;
    bool m_skips = false;
};

std::vector<std::string> split(const std::string &text)
{
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;) {
        result.push_back(word);
    }
    return result;
}

/// "two and a half" becomes "two point five" where a number word stands before.
std::string halvesAsPointFive(const std::string &text)
{
    static const Rewrite mark(R"(\band\s+a\s+half\b)", "\x01");
    const std::string marked = mark.apply(text);
    std::string result;
    for (std::size_t first = 0; first <= marked.size();) {
        const std::size_t end = std::min(marked.find('\x01', first), marked.size());
        const std::string part = marked.substr(first, end - first);
        const std::vector<std::string> list = split(part);
        if (!list.empty()) {
            result += (result.empty() ? "" : " ") + part;
            if (end < marked.size()) {
                const bool isNumberWord
                    = words().isDecimal(list.back()) || words().multipliers.contains(list.back());
                result += isNumberWord ? " point five" : " and a half";
            }
        }
        first = end + 1;
    }
    return result;
}

/// "$2 and ¢7" is one amount.
std::string joinedCents(const std::string &text)
{
    static const Rewrite one(R"(([€£$])([0-9]+) (?:and )?¢([0-9])\b)", "$1$2.0$3");
    static const Rewrite two(R"(([€£$])([0-9]+) (?:and )?¢([0-9]{2})\b)", "$1$2.$3");
    static const Rewrite smallest(R"([€£$]0.0([0-9])\b)", "¢$1");
    static const Rewrite small(R"([€£$]0.([0-9]{1,2})\b)", "¢$1");
    return small.apply(smallest.apply(two.apply(one.apply(text))));
}

} // namespace

std::string numberWordsToDigits(const std::string &text)
{
    static const Rewrite letterDigit(R"(([a-z])([0-9]))", "$1 $2");
    static const Rewrite digitLetter(R"(([0-9])([a-z]))", "$1 $2");
    static const Rewrite ordinal(R"(([0-9])\s+(st|nd|rd|th|s)\b)", "$1$2");
    static const Rewrite aloneOne(R"(\b1(s?)\b)", "one$1");
    const std::string spaced
        = ordinal.apply(digitLetter.apply(letterDigit.apply(halvesAsPointFive(text))));
    return aloneOne.apply(joinedCents(Scanner().run(split(spaced))));
}

} // namespace bitprism::tokenize
