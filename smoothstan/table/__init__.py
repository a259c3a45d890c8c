"""The user's data, read once into typed columns."""

from smoothstan.table.collation import collation_key as collation_key
from smoothstan.table.columns import Column as Column
from smoothstan.table.columns import Factor as Factor
from smoothstan.table.columns import Logical as Logical
from smoothstan.table.columns import MatrixColumn as MatrixColumn
from smoothstan.table.columns import Numeric as Numeric
from smoothstan.table.columns import as_factor as as_factor
from smoothstan.table.columns import describe as describe
from smoothstan.table.conform import conform as conform
from smoothstan.table.conform import conform_table as conform_table
from smoothstan.table.conform import unknown_factor as unknown_factor
from smoothstan.table.read import column_names as column_names
from smoothstan.table.read import read_table as read_table
from smoothstan.table.table import Table as Table
from smoothstan.table.table import no_column as no_column
from smoothstan.table.to_frame import table_frame as table_frame
