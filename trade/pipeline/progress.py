"""How far the pipeline is, in thousandths of the work as measured with a million lines."""

READ, ORDERS, LINES, DONE = 350, 500, 900, 1000
