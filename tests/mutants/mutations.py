"""Small changes of a query, each of which may be a fault that somebody makes one day."""

from collections.abc import Callable, Iterator

from sqlglot import exp

Node = exp.Expression
Changes = Iterator[Node]


def as_(kind: type[Node], node: Node) -> Node:
    """The same operands under another operator."""
    return kind(**{name: value for name, value in node.copy().args.items()})


def with_(node: Node, **arguments: object) -> Node:
    """A copy with other arguments."""
    copy = node.copy()
    for name, value in arguments.items():
        copy.set(name, value)
    return copy


def joins(node: Node) -> Changes:
    """A left join keeps what has no partner, an inner join does not."""
    if isinstance(node, exp.Join) and node.side == "LEFT":
        yield with_(node, side=None, kind="INNER")


def one_less(node: Node, name: str) -> Changes:
    """A copy without each of the items of a list."""
    items = node.args.get(name) or []
    for dropped in range(len(items)):
        yield with_(node, **{name: [item.copy() for n, item in enumerate(items) if n != dropped]})


SWAPPED = {
    exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT, exp.NEQ: exp.EQ,
    exp.Max: exp.Min, exp.Min: exp.Max, exp.Avg: exp.Max, exp.Sum: exp.Max,
    exp.Lag: exp.Lead, exp.Lead: exp.Lag, exp.Rank: exp.DenseRank,
    exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Div, exp.Div: exp.Mul,
}  # fmt: skip


def operators(node: Node) -> Changes:
    """The bound itself counts, or not; another operator, aggregate or rank; rows for values."""
    if type(node) in SWAPPED:
        yield as_(SWAPPED[type(node)], node)
    elif isinstance(node, exp.EQ) and not node.find_ancestor(exp.Join):
        yield as_(exp.NEQ, node)
    elif isinstance(node, exp.Count) and not isinstance(node.this, exp.Star):
        yield exp.Count(this=exp.Star(), big_int=True)


def orders(node: Node) -> Changes:
    """The other way round; without the last key, which settles ties."""
    if isinstance(node, exp.Ordered):
        yield with_(node, desc=not node.args.get("desc"), nulls_first=None)
    if isinstance(node, exp.Order) and len(node.expressions) > 1:
        yield with_(node, expressions=node.copy().expressions[:-1])


def filters(node: Node) -> Changes:
    """One condition of several, or none; any for all."""
    if isinstance(node, (exp.Where, exp.Having)):
        yield with_(node, this=exp.true())
    elif isinstance(node, (exp.And, exp.Or)):
        yield node.left.copy()
        yield node.right.copy()
        if isinstance(node, exp.And) and not node.find_ancestor(exp.Join):
            yield as_(exp.Or, node)
    elif isinstance(node, exp.Not):
        yield node.this.copy()
    elif isinstance(node, exp.In) and len(node.expressions) > 1:
        yield from one_less(node, "expressions")


def partitions(node: Node) -> Changes:
    """A window or a group over more than it should be."""
    if isinstance(node, exp.Window):
        yield from one_less(node, "partition_by")
    elif isinstance(node, (exp.Cube, exp.Rollup)) and len(node.expressions) == 1:
        yield node.expressions[0].copy()  # no totals
    elif isinstance(node, exp.Cube):
        yield exp.Rollup(expressions=node.copy().expressions)


def constants(node: Node) -> Changes:
    """Another number, text or truth."""
    if isinstance(node, exp.Boolean):
        yield exp.Boolean(this=not node.this)
    elif isinstance(node, exp.Literal) and node.is_string:
        if isinstance(node.parent, (exp.EQ, exp.NEQ, exp.In, exp.If, exp.Case, exp.Alias)):
            yield exp.Literal.string(f"{node.this}?")
    elif isinstance(node, exp.Literal) and not (
        node.find_ancestor(exp.DataType)  # of a type
        or (node.arg_key == "true" and node.find_ancestor(exp.Count))  # any number counts as one
    ):
        yield exp.Literal.number(float(node.this) + 1 if "." in node.this else int(node.this) + 1)


def choices(node: Node) -> Changes:
    """Another order of choice; one case less."""
    if isinstance(node, exp.Coalesce) and node.expressions:
        first, second, *rest = [node.this.copy(), *node.copy().expressions]
        yield with_(node, this=second, expressions=[first, *rest])
    elif isinstance(node, exp.Case) and len(node.args["ifs"]) > 1:
        yield from one_less(node, "ifs")


def sets(node: Node) -> Changes:
    """Doubles kept or not; one part less."""
    if isinstance(node, exp.Select) and node.args.get("distinct"):
        yield with_(node, distinct=None)
    elif isinstance(node, exp.Union) and node.args.get("distinct"):
        yield with_(node, distinct=False)
    elif isinstance(node, exp.Union):
        yield with_(node.this, with_=node.args.get("with_"))


MUTATIONS: list[Callable[[Node], Changes]] = [
    joins, operators, orders, filters, partitions, constants, choices, sets,
]  # fmt: skip


def stops_the_build(node: Node) -> bool:
    """Whether it belongs to the conditions that stop a build: Python tests see to them."""
    problems, unknown = node.find_ancestor(exp.CTE), node.find_ancestor(exp.Alias)
    if (problems and problems.alias == "problems") or (unknown and unknown.alias == "unknown"):
        return True
    guards = (exp.Subquery, exp.EQ, exp.And, exp.Where)
    inside = node if isinstance(node, guards) else node.find_ancestor(exp.Subquery)
    return bool(inside) and any(table.name == "problems" for table in inside.find_all(exp.Table))


def mutants(tree: Node) -> Iterator[tuple[str, str, Node]]:
    """Every mutant of a query: its kind, what was changed in words, and the query."""
    seen: dict[str, int] = {}
    for number, node in enumerate(tree.walk()):
        if stops_the_build(node):
            continue
        for mutate in MUTATIONS:
            for which, new in enumerate(mutate(node)):
                before = node.parent if isinstance(node, exp.Literal) else node
                words = f"{short(before)} -> {short(new)}"
                seen[words] = seen.get(words, 0) + 1
                words += f" ({seen[words]})" if seen[words] > 1 else ""
                copy = tree.copy()
                target = list(copy.walk())[number]
                changed = list(mutate(target))[which]
                yield mutate.__name__, words, target.replace(changed).root()


def short(node: Node) -> str:
    """A part of a query in one line."""
    text = " ".join(node.sql("duckdb").split())
    return text if len(text) <= 120 else f"{text[:70]} ... {text[-45:]}"
