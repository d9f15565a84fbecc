"""Writes templates.json: templates, and what Jinja2 makes of them in Transformers' setting.

python3 -P templates.py > templates.json, with jinja2 3.1. Each case is [template, result]; a result
that is null stands for an error. Variables are the same for all.
"""

import json
import random
from datetime import datetime

import jinja2.ext
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 1, 2, 3, 4, 5)
VARIABLES = {
    "messages": [
        {"role": "system", "content": " Be <terse>. "},
        {"role": "user", "content": "What is 2+2?\nAnd 'é' 😀?"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\n4", "tool_calls": [
            {"type": "function", "function": {"name": "add", "arguments": {"b": 2, "a": [1, None]}}}]},
        {"role": "tool", "content": [{"type": "text", "text": "four"}]},
    ],
    "tools": None,
    "s": "Hello, World",
    "u": "Ünï 😀 ß",
    "lines": "one\n  two\n\nthree\n",
    "empty": "",
    "n": 7,
    "z": 0,
    "f": 2.5,
    "big": 123456789012345678901234567890,
    "t": True,
    "none": None,
    "xs": [3, 1, 2],
    "words": ["pear", "Apple", "fig", "apple"],
    "nested": [{"a": {"b": 2}, "k": "x"}, {"a": {"b": 1}, "k": "y"}, {"k": "X"}],
    "d": {"b": 2, "a": 1, "C": [1, {"x": None}], "items": 5},
    "mixed": [1, "a", None, 2.0, True],
}


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )

    def raise_exception(message):
        raise TemplateError(message)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda format: NOW.strftime(format)
    return env


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_caller")
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _caller(self, caller):
        return caller()


def result(template):
    try:
        return ENVIRONMENT.from_string(template).render(**VARIABLES)
    except Exception:
        return None


EXPRESSIONS = r"""
s
none
t
n + 1
n - 10
n * 3
n / 2
7 / 7
n // 2
-n // 2
n // -2
n % 3
-n % 3
n % -3
2 ** 10
2 ** -1
2 ** 0.5
-2 ** 2
2 ** 3 ** 2
f * 2
f // 1
-f // 1
f % 1
-f % 1
7.0 // 2
1e16
1e15
1.5e-5
0.0001
0.1 + 0.2
1e300 * 1e10
1 / 3
10 / 4
big
big + 1
big * big
big / 3
big // 7
big % 7
-big % 7
big ** 2
1 / 0
1 // 0
1 % 0
1.0 / 0
0 ** -1
true + true
true * 3
-true
+f
+s
-s
'a' + 1
'a' * 3
3 * 'ab'
'a' * -1
[1] * 2
[1, 2] + [3]
[1] + (2,)
(1,) + (2, 3)
'a' ~ 1 ~ none ~ 2.0
s ~ missing ~ t
s[0]
s[-1]
s[100]
s[1:4]
s[::-1]
s[::2]
s[-3:]
s[:-3]
s[5:2]
s[10:2:-2]
s[::0]
u[5]
u[::-1]
u[2:6]
u | length
u | upper
u | lower
u | title
u | capitalize
xs[1:]
xs[::-1]
xs[-1]
xs[5]
xs['a']
xs.0
(1, 2, 3)[1:]
range(5)[1:3] | list
range(5)
range(2, 10, 3) | list
range(5, 0, -2) | list
range(10) | length
range(5)[-1]
range(1000000)
range(0)
range(1, 2, 0)
d['a']
d.a
d.items
d['items']
d.items() | list
d.keys() | list
d.values() | list
d.get('a')
d.get('zz')
d.get('zz', 5)
d.zz
d.zz.yy
d.zz is defined
d['zz'] is defined
d.C[1].x is none
d | length
d
d.keys()
d.items()
'a' in d
'z' not in d
2 in xs
'ell' in s
1 in s
'a' in none
'x' in missing
missing
missing | default('d')
missing.x
missing['x']
missing()
missing + 1
missing == missing
missing == none
missing is defined
missing is none
not missing
missing or 'x'
missing | length
missing | list
none.x
none.x.y
none['x'] is defined
s.nope
s.nope()
1 == 1.0
1 == true
'1' == 1
[1, 2] == [1.0, 2]
(1, 2) == [1, 2]
{'a': 1} == {'a': 1.0}
1 < 2 < 3
1 < 2 > 5
'a' < 'b'
'a' < 1
[1, 2] < [1, 3]
none < 1
1 in [true]
1 == 1 == true
not 1 == 2
not not s
1 and 0
0 or ''
'' or none or 'x'
'x' and ''
1 if none
1 if none else 2
1 if false else 2 if false else 3
[1 if t else 2, 3]
{'a': 1, 'a': 2}
{1: 'x', true: 'y', 1.0: 'z'}
{'k': [1, (2,), {'x': none}]}
{[1]: 2}
(1,)
()
(1)
1, 2
[]
{}
[1, 'two', 3.0, none, true, 'it\'s', "q\"q", 'b\\s', '\n\t\x01é']
'a' 'b' "c"
'\u00e9\x41\101\n' ~ "\q"
"multi
line"
s.upper()
s.lower()
s.title()
'hello wORLD-foo bar'.title()
'hello wORLD-foo bar' | title
'hello wORLD' | capitalize
s.swapcase()
s.startswith('Hell')
s.startswith(('x', 'H'))
s.startswith('ell', 1)
s.endswith('d')
s.endswith(('d', 'x'))
s.find('o')
s.find('o', 5)
s.find('zz')
s.rfind('o')
s.index('W')
s.index('zz')
s.count('o')
s.count('')
s.replace('l', 'L')
s.replace('l', 'L', 1)
s.replace('', '-')
s.replace('', '-', 2)
s.replace('Hello', '')
s.split()
s.split(', ')
s.split('o', 1)
s.rsplit('o', 1)
' a  b c '.split()
' a  b c '.split(none, 1)
' a  b c '.rsplit(none, 1)
' a  b c '.rsplit()
'a,b,,c'.split(',')
''.split()
''.split(',')
s.split('')
lines.splitlines()
lines.splitlines(true)
'a\r\nb\rc\x0bd'.splitlines()
' x '.strip()
'xxaxx'.strip('x')
'xyaxy'.lstrip('xy')
'xyaxy'.rstrip('yx')
' x '.lstrip() ~ '|'
'abc'.removeprefix('a')
'abc'.removesuffix('c')
'abc'.removeprefix('x')
'a-b-c'.partition('-')
'a-b-c'.rpartition('-')
'abc'.partition('-')
'abc'.rpartition('-')
'7'.zfill(3)
'-7'.zfill(4)
'x'.center(5)
'x'.center(4, '*')
'ab'.center(5, '.')
'x'.ljust(3) ~ '|'
'x'.rjust(3, '0')
'a\tb'.expandtabs()
'a\tb'.expandtabs(2)
', '.join(['a', 'b'])
', '.join([1])
'-'.join('abc')
'abc'.isalpha()
'ab1'.isalnum()
'12'.isdigit()
'1.2'.isdigit()
' '.isspace()
''.isspace()
'ABC'.isupper()
'abc1'.islower()
'Abc Def'.istitle()
'abc'.isidentifier()
'²'.isdigit() ~ '²'.isdecimal()
'{} {}'.format(1, 'x')
'{0}{1}{0}'.format('a', 'b')
'{a} {b}'.format(a=1, b=none)
'{:>5}|{:<5}|{:^5}'.format('a', 'b', 'c')
'{:05d} {:+d} {:x} {:b} {:,}'.format(42, 5, 255, 5, 1234567)
'{:.2f} {:e} {:g} {:%}'.format(3.14159, 12345.678, 0.00001, 0.25)
'{!r} {!s}'.format('a', 'b')
'{a[0]} {a[1][x]}'.format(a=d.C)
'{{}}'.format()
'{}'.format()
'{:{w}}|'.format('a', w=4)
'{:*^7}'.format('mid')
'{:d}'.format('x')
'%s-%d' % ('a', 3)
'%5d|%-5d|%05d' % (42, 42, 42)
'%.2f %5.1f %e %g' % (3.14159, 2.5, 12345.678, 0.0001)
'%x %X %o %c %%' % (255, 255, 8, 'z')
'%(a)s' % {'a': 1}
'%s' % none
'%s %s' % 1
'%d' % 'x'
'%r' % 'it'
'100%' % 1
'%+d % d' % (5, 5)
s | length
xs | length
n | length
s | upper
s | lower
s | trim
'  x ' | trim
'xxaxx' | trim('x')
5 | trim
s | replace('o', '0')
s | replace('o', '0', 1)
5 | replace(5, 'five')
s | reverse
xs | reverse
xs | reverse | list
xs | sort
xs | sort(reverse=true)
words | sort
words | sort(case_sensitive=true)
words | sort(true, true)
nested | sort(attribute='k')
nested[:2] | sort(attribute='a.b') | map(attribute='k') | list
nested | sort(attribute='k,a') | length
mixed | sort
d | dictsort
d | dictsort(true)
{'x': 2, 'y': 1} | dictsort(by='value')
{'x': 2, 'y': 1} | dictsort(false, 'value', true)
d | dictsort(by='other')
words | unique | list
words | unique(true) | list
nested | unique(attribute='k') | list | length
xs | min
xs | max
words | min
words | max(case_sensitive=true)
[] | min
nested | max(attribute='k')
xs | sum
nested[:2] | sum(attribute='a.b')
nested[:2] | sum('a.b', 10)
['a'] | sum
[[1], [2]] | sum(start=[])
xs | join
xs | join(', ')
nested | join('-', attribute='k')
missing | join
'abc' | join('.')
xs | first
[] | first
xs | last
'abc' | first
'abc' | last
xs | map('string') | list
words | map('upper') | join(',')
nested | map(attribute='a.b') | list
nested | map(attribute='a', default='none') | list
nested | map(attribute='k') | list
xs | map('nope') | list
xs | map | list
words | map('replace', 'a', 'b') | list
xs | select | list
xs | select('odd') | list
xs | select('greaterthan', 1) | list
xs | reject('==', 2) | list
nested | selectattr('a') | list | length
nested | selectattr('k', '==', 'x') | list
nested | selectattr('k', 'in', ['x', 'y']) | map(attribute='k') | list
nested | rejectattr('a', 'defined') | list
messages | selectattr('role', 'equalto', 'user') | list | length
messages | rejectattr('role', 'equalto', 'user') | map(attribute='role') | list
xs | select('nope') | list
xs | selectattr | list
xs | select('odd') | length
missing | map('upper') | list
none | map('upper') | list
xs | list
'abc' | list
d | list
5 | list
d | items | list
missing | items | list
xs | items | list
nested | groupby('k')
nested | groupby('k', case_sensitive=true) | map('first') | list
nested | groupby('a.b', default=0) | map(attribute='grouper') | list
xs | batch(2) | list
xs | batch(2, 'x') | list
range(7) | slice(3) | list
range(7) | slice(3, 'x') | list
'42' | int
'42.7' | int
'x' | int
'x' | int(5)
'ff' | int(0, 16)
'0x1f' | int(base=16)
'0b11' | int(base=0)
' 12 ' | int
'1_000' | int
none | int
2.9 | int
-2.9 | int
t | int
'1e3' | int
'1.5' | float
'x' | float
'x' | float(1.5)
3 | float
'inf' | float
none | float
42.55 | round
42.55 | round(1)
2.5 | round
3.5 | round
-2.5 | round
42 | round
42.55 | round(1, 'floor')
42.11 | round(1, 'ceil')
1234 | round(-2)
1234.5 | round(-2)
7 | round(1, 'ceil')
5 | round(method='x')
-5 | abs
-5.5 | abs
'x' | abs
-1 | abs
n is odd
n is even
n is divisibleby 7
n is divisibleby(2)
s is string
n is number
t is number
n is integer
t is integer
f is float
t is boolean
xs is sequence
xs is iterable
s is sequence
d is mapping
d is sequence
none is sequence
n is iterable
missing is iterable
missing is sequence
range is callable
s is callable
s is lower
'abc' is lower
'ABC' is upper
none is none
t is true
t is false
1 is true
n is eq 7
n is ne 7
n is gt 5
n is lt 5
n is ge 7
n is in [7]
'x' is in 'xyz'
n is sameas 7
none is sameas none
t is sameas true
s is filter
'upper' is filter
'nope' is filter
'odd' is test
'x' is escaped
n is not odd
s is not none and n is odd
n is nope
xs is odd
s | default('x')
'' | default('x')
'' | default('x', true)
missing | default
missing | d(1)
none | default('x')
none | default('x', boolean=true)
s | format
'%s' | format('x')
'%(k)s' | format(k=1)
'%s %(k)s' | format(1, k=1)
lines | indent
lines | indent(2)
lines | indent(2, true)
lines | indent(2, blank=true)
lines | indent('> ', first=true)
'a b c d e f' | truncate(5)
'a b c d e f' | truncate(5, true)
'a b c d e f' | truncate(5, leeway=0)
'a b c d e f' | truncate(5, false, '', 0)
'foo bar baz qux' | truncate(9)
'foo bar baz qux' | truncate(11)
'abc' | truncate(1)
'a b-c d' | wordcount
'x' | center(7) ~ '|'
5 | string
none | string
[1, 'a'] | string
'<a&b>' | e
'<a&b>' | escape | escape
'<a>' | safe
'<a>' | e ~ '<'
('<a>' | e) + '<'
'<' + ('<a>' | safe)
'<a>' | forceescape
'a b/c?d=é' | urlencode
{'a b': 1, 'c': 'é/'} | urlencode
s | attr('upper')
d | attr('a')
d | tojson
d | tojson(indent=2)
d | tojson(indent=0)
d | tojson(sort_keys=true)
d | tojson(separators=(',', ':'))
d | tojson(separators=[', ', ' = '])
xs | tojson(indent=1)
u | tojson
u | tojson(ensure_ascii=true)
'<a&b>\'"\\\n\x7f\x01' | tojson
[1.0, 1e20, 1e-7, true, none, big] | tojson
{1: 2, none: 3, true: 4, 2.5: 5} | tojson
(1, 2) | tojson
[] | tojson(indent=2)
{} | tojson(indent=2)
[[], {}] | tojson(indent=4)
missing | tojson
d.keys() | tojson
{(1,): 2} | tojson
1e400 | tojson
d | tojson(nope=1)
messages | tojson
messages[2].tool_calls[0].function.arguments | tojson
messages[2].content.split('</think>')[-1].lstrip('\n')
messages[2].content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n')
messages | map(attribute='role') | join(',')
messages[-1].content[0].text
messages[0]['content'] | trim
messages[1].content
messages[10]
messages[10].role
messages[3]['content'] is string
messages[3].content is sequence and messages[3].content is not string
(messages | selectattr('role', 'equalto', 'tool') | list)[0].content[0]['text']
messages[:2] | map(attribute='content') | map('trim') | list
messages | length - 1
(messages | last).role
messages[1:][::-1] | map(attribute='role') | list
namespace(a=1).a
namespace({'a': 1}, b=2)
namespace(a=1)['a']
namespace(a=1).b is defined
dict(a=1, b=2)
dict([('a', 1)], b=2)
dict({'x': 1})
raise_exception('no')
strftime_now('%d %b %Y')
strftime_now('%Y-%m-%d %H:%M:%S')
strftime_now('%A %B %-d %j %p %I %y %U %w %% %e')
strftime_now('%a %c %x %X %D %F %T %R')
xs.append(4)
xs.index(2)
xs.index(9)
xs.count(3)
xs.sort()
d.update({})
d.pop('a')
d.copy()
s.__class__
s.__class__.__mro__
xs.__len__()
range.__globals__
1 | string | length
(n | string) + s
n|string + s
s | upper | lower | title
s.upper().lower()
(s | upper)[0]
s|upper()
s | trim() | length
'a' if n > 5 else 'b'
'a' if n > 5 and s else 'b'
n > 5 or raise_exception('x')
[n, s] | map('string') | join('/')
n if n is odd else none
s in ['x', s]
s not in xs
not s in xs
n == 7 and not s == 'x'
(n == 7) != (s == 'x')
1.0
1.50
1_000
0x1F
0b101
0o17
1e3
1E-3
.5
"a" "b"
'\''
s | nope
nope(1)
s.format
upper
loop
varargs
caller()
{% if
1 +
(1
[1, 2
{'a': 1
'abc
1 2
a b
| upper
s |
s | 5
s is
s.
s[
x y z
= 1
1 = 2
true.x
true()
'a'()
s()
n()
xs()
{'a': 1}.a
{'a': 1}['a']
[1, 2][0]
(1, 2).0
'abc'[1]
'abc'.upper()
{'f': range}.f(3) | list
*xs
range(*[1, 4]) | list
range(**{'a': 1})
dict(**{'a': 1})
'{a}'.format(**{'a': 5})
s.split(sep=',', maxsplit=1)
s.split(maxsplit=1)
s | replace(old='l', new='x')
s | indent(width=2, nope=1)
s | upper(1)
range()
range('a')
'a' is in ['a'] and true
n is odd or false
n is divisibleby 7 and t
s is string if t
(s is string) if t
""".strip("\n")


def expressions():
    # A string that spans lines is the one expression that does.
    found = EXPRESSIONS.replace('"multi\nline"', '"multi\x00line"').split("\n")
    return ["{{ " + line.replace("\x00", "\n") + " }}" for line in found]


STATEMENTS = [
    # Whitespace.
    "a\n{% if t %}\nb\n{% endif %}\nc\n",
    "a\n  {% if t %}  \nb\n  {% endif %}\n  c",
    "a\n  {%- if t -%}  \n  b\n  {%- endif -%}\n  c",
    "a\n  {%+ if t %}\nb\n  {%+ endif %}c",
    "a\n  {% if t +%}\nb{% endif +%}\nc",
    "  {{ n }}  \n  {{- n }}  {{ n -}}  \n x",
    "{{ n }}\n{{ n }}\n",
    "{{ n }}\n\n",
    "a {# c #}\nb\n  {# c #}\nc {#- c -#} d\n{# multi\nline #}\ne",
    "a\r\n{% if t %}\r\nb\r{% endif %}\r\nc\r\n",
    "{% raw %}{{ a }}{% endraw %}|{%- raw -%}  {% if %}  {%- endraw -%} x",
    "{% raw %}\na\n  {% endraw %}\nb",
    "{{ '{{' }}{{ '%}' }}{{ \"{#\" }}",
    "{{ {'a': {'b': 1}}}}",
    "{{ {'a': {'b': 1}}.a.b}}",
    "{{-1}} {{+1}} {{ -1 }}",
    "x{{- ' a ' -}} y",
    "\n\n{% set x = 1 %}\n\n{{ x }}\n\n",
    "{%set x=1%}{{x}}",
    "   {% set x = 1 %}   {{ x }}",
    "{ {{ n }} }{ % } # }",
    "{% if t: %}a{% endif %}",
    "\t{% if t %}\n\ta\n\t{% endif %}\n",
    "\u00a0{% if t %}a{% endif %}\u3000{%- if t %}b{% endif -%}\u2028 c",
    # Conditions.
    "{% if n == 7 %}a{% elif n %}b{% else %}c{% endif %}",
    "{% if z %}a{% elif n %}b{% else %}c{% endif %}",
    "{% if z %}a{% elif none %}b{% else %}c{% endif %}",
    "{% if missing %}a{% endif %}b",
    "{% if missing.x %}a{% endif %}b",
    "{% if x is defined %}a{% else %}b{% endif %}{% set x = 1 %}{% if x is defined %}c{% endif %}",
    "{% if t %}{% set x = 1 %}{% endif %}{{ x }}",
    "{% if not t %}{% set x = 1 %}{% endif %}{{ x is defined }}",
    "{% if 'nope' is filter %}{{ s | nope }}{% else %}no{% endif %}",
    "{% if t %}{{ s | nope }}{% endif %}",
    # Loops.
    "{% for x in xs %}{{ x }}{% endfor %}",
    "{% for x in xs %}{{ loop.index }}/{{ loop.length }}:{{ x }}{{ ', ' if not loop.last }}{% endfor %}",
    "{% for x in xs %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{% endfor %}",
    "{% for x in xs %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }}{% endfor %}",
    "{% for x in xs %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{% endfor %}",
    "{% for x in xs %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in [1, 1, 2, 2, 1] %}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in xs %}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}",
    "{% for x in xs if x > 1 %}{{ x }}:{{ loop.index }}/{{ loop.length }} {% else %}none{% endfor %}",
    "{% for x in xs if x > 5 %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in [] %}{{ x }}{% else %}none{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }};{% endfor %}",
    "{% for c in u %}{{ c }}|{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3)), (4, (5, 6))] %}{{ a }}{{ b }}{{ c }} {% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}",
    "{% for a, b in [1] %}{{ a }}{% endfor %}",
    "{% for x in n %}{{ x }}{% endfor %}",
    "{% for x in missing %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in none %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% set y = x %}{% endfor %}{{ y is defined }}",
    "{% set y = 0 %}{% for x in xs %}{% set y = y + x %}{{ y }} {% endfor %}{{ y }}",
    "{% set ns = namespace(y=0) %}{% for x in xs %}{% set ns.y = ns.y + x %}{% endfor %}{{ ns.y }}",
    "{% for x in xs %}{% if loop.first %}{% set y = 1 %}{% endif %}{{ y }}|{% endfor %}",
    "{% for x in xs %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in xs %}{% break %}{% else %}else{% endfor %}",
    "{% for x in xs %}{% continue %}{% else %}else{% endfor %}",
    "{% for x in xs %}{% if loop.index > 1 %}{% break %}{% endif %}{% else %}else{% endfor %}",
    "{% for x in xs %}{% for y in xs %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
    "{% for x in xs %}{% set outer = loop %}{% for y in xs %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% for x in xs | sort | reverse %}{{ x }}{{ loop.length }}{% endfor %}",
    "{% for x in xs | map('string') %}{{ x }}{{ loop.last }}{% endfor %}",
    "{% for x in xs | select('odd') %}{{ loop.revindex }}{% endfor %}",
    "{% for x in xs, n %}{{ x }};{% endfor %}",
    "{% for x in 'ab' if t %}{{ x }}{% endfor %}",
    "{% for x in xs %}{{ x }}{% endfor %}{{ x is defined }}",
    "{% set x = 5 %}{% for x in xs %}{{ x }}{% endfor %}{{ x }}",
    "{% for loop in xs %}{% endfor %}",
    "{% for m in messages %}{% if m.role == 'tool' and loop.previtem.role != 'tool' %}[{{ m.content[0].text }}]{% endif %}{% endfor %}",
    "{% for m in messages[::-1] %}{% set i = (messages | length - 1) - loop.index0 %}{{ i }}{{ m.role }} {% endfor %}",
    "{% break %}",
    "{% for x in xs %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% set g = xs | map('string') %}{{ g | list }}{{ g | list }}",
    # Assignments.
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a, b = xs %}{{ a }}",
    "{% set (a, b) = (1, 2) %}{{ a + b }}",
    "{% set a = 1, %}{{ a }}",
    "{% set a = 1 if z else 2 %}{{ a }}",
    "{% set x %}  a {{ n }}\n{% endset %}[{{ x }}]",
    "{% set x | upper | trim %} abc {% endset %}[{{ x }}]",
    "{% set x %}{% set y = 1 %}{% endset %}{{ y is defined }}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}{{ ns.b }}",
    "{% set ns = namespace() %}{% set ns.a %}txt{% endset %}{{ ns.a }}",
    "{% set ns = namespace(x=1) %}{% set ns.a, ns.b = 1, 2 %}{{ ns }}",
    "{% set s.a = 1 %}",
    "{% set d.a = 1 %}",
    "{% set nope.a = 1 %}",
    "{% set true = 1 %}",
    "{% set 1 = 1 %}",
    "{% set s = s ~ '!' %}{{ s }}",
    "{% set messages = messages[1:] %}{{ messages | length }}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% with a = n %}{% set c = a %}{{ c }}{% endwith %}{{ c is defined }}",
    "{% with %}{% set c = 1 %}{{ c }}{% endwith %}{{ c is defined }}",
    "{% set a = 5 %}{% with a = 1, b = a %}{{ b }}{% endwith %}",
    # Macros.
    "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=5, a=4) }} {{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(x=2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
    "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(1) }}",
    "{% macro m(a='x') %}{{ a is string }}{% endmacro %}{{ m() }}{{ m(1) }}",
    "{% macro m() %}{{ n }}{% set n2 = n %}{% endmacro %}{{ m() }}{{ n2 is defined }}",
    "{% macro m() %}{{ later }}{% endmacro %}{% set later = 1 %}{{ m() }}{% set later = 2 %}{{ m() }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}{{ a() }}",
    "{% macro f(k) %}{{ k }}{% if k > 0 %}{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
    "{% for x in xs %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro m() %}{{ x }}{% endmacro %}{% for x in xs %}[{{ m() }}]{% endfor %}",
    "{% macro m(x) %}{% for y in x %}{{ y }}{{ loop.index }}{% endfor %}{% endmacro %}{% for z in [xs] %}{{ m(z) }}{{ loop.index }}{% endfor %}",
    "{% macro m(a) -%}\n  {{ a }}\n{%- endmacro %}[{{ m('x') }}]",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m('x') | upper }}{{ m('x') ~ 'y' }}{{ m('') is string }}{{ (m('ab') | length) }}",
    "{% macro m(a) %}{{ caller(a) }}{% endmacro %}{% call(x) m(3) %}<{{ x }}>{% endcall %}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}body {{ n }}{% endcall %}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{{ m() }}",
    "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(*[1]) }}{{ m(**{'a': 2}) }}",
    "{% macro m(x) %}{% if x is mapping %}{% for k, v in x | dictsort %}{{ k }}:{{ m(v) }},{% endfor %}{% elif x is sequence and x is not string %}[{% for v in x %}{{ m(v) }}{{ ',' if not loop.last }}{% endfor %}]{% else %}{{ x }}{% endif %}{% endmacro %}{{ m({'b': [1, 'x'], 'a': {'c': none}}) }}",
    # Blocks of text.
    "{% filter upper %}a{{ s }}{% endfilter %}",
    "{% filter trim | upper %} a {% endfilter %}|",
    "{% filter replace('a', 'b') %}aa{% endfilter %}",
    "{% generation %}a{{ n }}{% set q = 1 %}{% endgeneration %}{{ q is defined }}",
    "{%- for m in messages %}{% generation %}{{ m.role }}{% endgeneration %}\n{% endfor %}",
    "{% print n, s %}",
    # What cannot be read.
    "{% if t %}a", "{% for x in xs %}a", "{% endif %}", "{% endfor %}", "{% else %}", "{% nope %}",
    "{% if %}a{% endif %}", "{% for in xs %}{% endfor %}", "{% for x %}{% endfor %}", "{% set %}",
    "{% set x = %}", "{{ }}", "{{", "{%", "{{ 1 }", "{% if t }", "{% raw %}a", "{{ 'a }}",
    "{% macro %}{% endmacro %}", "{% macro m %}{% endmacro %}", "{% if t %}{% endfor %}",
    "{% for x in xs %}{% if t %}{% endfor %}{% endif %}", "{% include 'x' %}", "{% extends 'x' %}",
    "{% import 'x' as y %}", "{% do x %}", "{{ a.b.c }}", "{{ s | }}", "{{ (1 }}", "{{ 1) }}",
    "{{ [1} }}", "{{ 'a' 1 }}", "{{ ! }}", "{{ a ? b }}", "{{ $x }}", "{% set x y %}{% endset %}",
]

CHATS = [
    # As the families write them, in our own words.
    """{%- macro kind(v) -%}
{%- if v is boolean -%}boolean
{%- elif v is none -%}null
{%- elif v is number -%}number
{%- elif v is string -%}string
{%- elif v is mapping -%}object
{%- else -%}array{%- endif -%}
{%- endmacro -%}
{%- macro sorted(v) -%}
{%- if v is mapping -%}{{- '{' -}}
{%- for k, i in v|dictsort -%}{{- ',' if not loop.first -}}{{- k|tojson(ensure_ascii=false) -}}:{{- sorted(i) -}}{%- endfor -%}
{{- '}' -}}
{%- elif v is string or v is number or v is none -%}{{- v|tojson -}}
{%- else -%}[{%- for i in v -%}{{- ',' if not loop.first -}}{{- sorted(i) -}}{%- endfor -%}]
{%- endif -%}
{%- endmacro -%}
{%- for m in messages -%}
<{{ m.role }}{{ ' ' ~ kind(m.content) }}>
    {%- for call in m.get('tool_calls', []) -%}
        {%- for k, v in call.function.arguments.items() -%}
            {{- '\\n' }}{{ k }}({{ kind(v) }})={{ sorted(v) }}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}
{{- sorted(messages) }}""",
    """{%- set ns = namespace(last=-1, tool=none) %}
{%- for m in messages %}
    {%- if m.role in ["user", "developer"] %}{% set ns.last = loop.index0 -%}{% endif %}
{%- endfor %}
{%- for m in messages %}
  {%- if m.role == 'assistant' -%}
    {%- set content = m.content %}
    {%- set reasoning = '' %}
    {%- if '</think>' in content %}
      {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
      {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {%- if loop.index0 > ns.last and (loop.last or (not loop.last and reasoning)) %}
      {{- '<|assistant|>\\n<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' + content }}
    {%- else %}
      {{- '<|assistant|>\\n' + content }}
    {%- endif %}
    {%- set ns.tool = m.tool_calls[-1].function.name if m.tool_calls else none %}
  {%- elif m.role == 'tool' and (loop.first or messages[loop.index0 - 1].role != 'tool') %}
    {%- for other in messages[loop.index0:] %}
      {%- if other.role != 'tool' %}{% break %}{% endif %}
      {{- '\\n<result of ' ~ ns.tool ~ '>' ~ (other.content if other.content is string else other.content | map(attribute='text') | join) }}
    {%- endfor %}
  {%- else %}
    {{- '<|' + m.role + '|>\\n' + m.content | trim }}
  {%- endif %}
{%- endfor %}
{{- '\\n<|assistant|>\\n' if add_generation_prompt }}""",
    """{% if messages[0]['role'] == 'system' %}{% set preamble = messages[0]['content'] %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}
{%- set names = {'user': 'Human', 'assistant': 'AI'} %}
{% for m in rest %}
  {% if preamble is defined and loop.first %}
[{{ preamble | trim }}]
  {% endif %}
  {% if m.role not in names %}
    {% continue %}
  {% endif %}
{{ names[m.role] }}: {% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content if part.type == 'text' %}{{ part.text }}{% endfor %}{% endif %}

{% endfor %}
{% if not rest | selectattr('role', 'equalto', 'developer') | list %}Date: {{ strftime_now("%Y-%m-%d") if strftime_now is defined else "never" }}{% endif %}""",
]


ORDERS = [
    "list", "unique | list", "reverse | list", "map('string') | list", "sort", "select | list",
    "map('string') | sort",
]
CHOICES = ["'string'", "'number'", "'defined'", "'in', xs"]


# Expressions made at random, of a kind each, so that most have a value.
def number(depth):
    if depth == 0 or random.random() < 0.2:
        return random.choice(["n", "z", "f", "3", "-2", "0", "1.5", "10", "t", "big", "xs[0]", "d.a"])
    return random.choice([
        lambda: f"({number(depth - 1)} {random.choice(['+', '-', '*', '//', '%', '/'])} {number(depth - 1)})",
        lambda: f"{text(depth - 1)} | length",
        lambda: f"({listing(depth - 1)}) | length",
        lambda: f"({number(depth - 1)} if {truth(depth - 1)} else {number(depth - 1)})",
        lambda: f"-{number(0)}",
        lambda: f"({number(depth - 1)}) | {random.choice(['abs', 'int', 'float', 'round', 'round(1)', 'string | int'])}",
        lambda: f"({text(depth - 1)}).{random.choice(['find', 'count', 'rfind'])}({text(0)})",
        lambda: f"{number(0)} ** {random.choice(['2', '3', '0'])}",
    ])()


def text(depth):
    if depth == 0 or random.random() < 0.2:
        return random.choice(["s", "u", "empty", "'ab'", "' x '", "'o'", "lines", "words[0]", "messages[1].content"])
    return random.choice([
        lambda: f"({text(depth - 1)} + {text(depth - 1)})",
        lambda: f"({text(depth - 1)} ~ {anything(depth - 1)})",
        lambda: f"({text(depth - 1)}) | {random.choice(['upper', 'lower', 'trim', 'title', 'capitalize', 'reverse', 'tojson', 'string'])}",
        lambda: f"({text(depth - 1)}).{random.choice(['upper', 'strip', 'lower', 'title', 'swapcase', 'rstrip', 'capitalize'])}()",
        lambda: f"({text(depth - 1)})[{place()}:{place()}{random.choice(['', ':2', ':-1', ':'])}]",
        lambda: f"({text(depth - 1)}) | replace({text(0)}, {text(0)})",
        lambda: f"({listing(depth - 1)}) | join({text(0)})",
        lambda: f"({text(depth - 1)}) * {random.choice(['0', '2', '-1'])}",
        lambda: f"'%s|%5s|%-4d' % ({anything(depth - 1)}, {text(0)}, {number(0)})",
        lambda: f"'{{0:>6}}{{1!r}}'.format({text(0)}, {anything(depth - 1)})",
        lambda: f"({text(depth - 1)} if {truth(depth - 1)} else {text(depth - 1)})",
    ])()


def listing(depth):
    if depth == 0 or random.random() < 0.2:
        return random.choice(["xs", "words", "[]", "[1, 'a']", "mixed", "d", "range(4)", "messages | map(attribute='role')"])
    return random.choice([
        lambda: f"[{anything(depth - 1)}, {anything(depth - 1)}]",
        lambda: f"({text(depth - 1)}).split({random.choice(['', text(0)])})",
        lambda: f"(({listing(depth - 1)}) | list)[{place()}:{place()}]",
        lambda: f"({listing(depth - 1)}) | {random.choice(ORDERS)}",
        lambda: f"({text(depth - 1)}) | list",
        lambda: f"({listing(depth - 1)}) | select({random.choice(CHOICES)}) | list",
        lambda: f"({listing(depth - 1)}) | batch({random.choice(['2', '3, 0'])}) | list",
    ])()


def truth(depth):
    if depth == 0 or random.random() < 0.2:
        return random.choice(["t", "n == 7", "missing", "s", "not z", "none is none", "'a' in d"])
    return random.choice([
        lambda: f"({truth(depth - 1)} {random.choice(['and', 'or'])} {truth(depth - 1)})",
        lambda: f"not {truth(depth - 1)}",
        lambda: f"({number(depth - 1)} {random.choice(['<', '>=', '==', '!='])} {number(depth - 1)})",
        lambda: f"({text(depth - 1)} {random.choice(['<', 'in', '==', 'not in'])} {text(depth - 1)})",
        lambda: f"({anything(depth - 1)}) is {random.choice(['string', 'number', 'mapping', 'sequence', 'iterable', 'none', 'defined', 'not boolean', 'true'])}",
        lambda: f"({anything(depth - 1)} in ({listing(depth - 1)}))",
        lambda: f"({anything(depth - 1)} == {anything(depth - 1)})",
    ])()


def place():
    return random.choice(["", "0", "1", "-1", "3", "-3", "n"])


def anything(depth):
    return random.choice([number, text, listing, truth, text, lambda depth: random.choice(["none", "missing", "d"])])(depth)


def generated():
    random.seed(7)
    cases = []
    while len(cases) < 320:
        value = anything(4)
        case = random.choice([
            "{{ %s }}" % value,
            "{{ (%s) | tojson }}" % value,
            "{%% set x = %s %%}{{ [x] }}" % value,
            "{%% for x in %s %%}{{ loop.index }}{{ x }},{%% endfor %%}" % listing(3),
            "{%% if %s %%}{{ %s }}{%% else %%}{{ %s }}{%% endif %%}" % (truth(3), text(2), number(2)),
        ])
        expected = result(case)
        # An address or a number of hundreds of digits says nothing.
        told = expected is not None and len(expected) < 300 and " at 0x" not in expected
        if len(case) < 40:
            continue
        if told or (expected is None and random.random() < 0.15):
            cases.append([case, expected])
    return cases


ENVIRONMENT = environment()
CASES = [[template, result(template)] for template in expressions() + STATEMENTS + CHATS]
CASES = [case for case in CASES if not (case[1] and " at 0x" in case[1])] + generated()
lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in CASES)
print('{"variables": %s,\n"cases": [\n%s\n]}' % (json.dumps(VARIABLES, ensure_ascii=False), lines))
