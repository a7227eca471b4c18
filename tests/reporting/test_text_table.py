import pytest

from facescale.reporting.text_table import TextTable, to_latex, to_markdown

TABLE = TextTable(
    title="Accuracy on R&D_1",
    caption="Means over 2 scans, 50 % of all.",
    heads=("head", "NME, %", "s a scan"),
    rows=(("flame(stand-in)", "1.20", "\N{EN DASH}"), ("a|b_c", "0.90", "0.1")),
    right=(1, 2),
    best=frozenset({(1, 1)}),
    notes=("x: broken: no #1 {file}\nsecond line",),
)
MARKDOWN = """\
## Accuracy on R&D_1

| head | NME, % | s a scan |
| --- | ---: | ---: |
| flame(stand-in) | 1.20 | \N{EN DASH} |
| a\\|b\\_c | **0.90** | 0.1 |

Means over 2 scans, 50 % of all.

- x: broken: no #1 {file} second line
"""
LATEX = r"""\begin{table*}
\centering
\caption{Accuracy on R\&D\_1. Means over 2 scans, 50 \% of all.}
\begin{tabular}{lrr}
\toprule
head & NME, \% & s a scan \\
\midrule
flame(stand-in) & 1.20 & -- \\
a|b\_c & \textbf{0.90} & 0.1 \\
\bottomrule
\end{tabular}
\end{table*}
% x: broken: no #1 {file} second line
"""


def test_markdown_is_as_it_is_meant_to_be():
    assert to_markdown(TABLE) == MARKDOWN


def test_latex_is_as_it_is_meant_to_be():
    assert to_latex(TABLE) == LATEX


def test_no_cell_can_end_a_column_or_a_group_of_latex():
    nasty = "\\end{tabular} & 100% $x_1^2$ ~ #"
    table = TextTable(title="t", caption="c", heads=("h",), rows=((nasty,),))
    (row,) = [line for line in to_latex(table).splitlines() if line.startswith(r"\textbackslash{}")]
    assert row == (
        r"\textbackslash{}end\{tabular\} \& 100\% \$x\_1\textasciicircum{}2\$ \textasciitilde{} \# \\"
    )


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="expected 2 cells a row"):
        TextTable(title="t", caption="c", heads=("a", "b"), rows=(("x",),))
