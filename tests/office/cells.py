#!/usr/bin/env python3
"""Prints the cells of a workbook, or holds them against a CSV file of the same table.

    cells.py report.xlsx               a line for each cell: sheet, place, kind, value
    cells.py report.xlsx report.csv    says the first cell that differs, exit 1
    cells.py office.csv report.csv     the same, for what an office program made of the workbook

A reader of its own, by ECMA-376: kinds are text, number, date and formula. Needs nothing but Python.
"""
import csv
import datetime
import re
import sys
import xml.etree.ElementTree as xml
import zipfile

MAIN = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'


def unescape(text):
    """_xHHHH_ stands for a character that XML cannot hold."""
    return re.sub(r'_x([0-9A-Fa-f]{4})_', lambda found: chr(int(found.group(1), 16)), text)


def date_styles(archive):
    styles = xml.fromstring(archive.read('xl/styles.xml'))
    formats = {f.get('numFmtId'): f.get('formatCode') for f in styles.iter(MAIN + 'numFmt')}
    return {i for i, xf in enumerate(styles.find(MAIN + 'cellXfs'))
            if 'yyyy' in formats.get(xf.get('numFmtId'), '')}


def cell(element, dates):
    if element.find(MAIN + 'f') is not None:
        return 'formula', element.find(MAIN + 'f').text
    if element.get('t') == 'inlineStr':
        return 'text', unescape(''.join(t.text or '' for t in element.iter(MAIN + 't')))
    assert element.get('t') is None, element.get('t')
    value = element.find(MAIN + 'v').text
    if int(element.get('s', 0)) in dates:
        return 'date', str(datetime.date(1899, 12, 30) + datetime.timedelta(int(value)))
    return 'number', value


def place(reference):
    letters, row = re.fullmatch('([A-Z]+)([0-9]+)', reference).groups()
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord('A') + 1
    return int(row) - 1, column - 1


def sheets(path):
    """(name, {(row, column): (kind, value)}) of each sheet."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            xml.fromstring(archive.read(name))
        dates = date_styles(archive)
        book = xml.fromstring(archive.read('xl/workbook.xml'))
        for i, sheet in enumerate(book.iter(MAIN + 'sheet'), 1):
            page = xml.fromstring(archive.read(f'xl/worksheets/sheet{i}.xml'))
            yield sheet.get('name'), {place(c.get('r')): cell(c, dates)
                                      for c in page.iter(MAIN + 'c')}


def number(text):
    """As an office program writes it: 31.5% is 0.315. None when it is none."""
    try:
        return float(text[:-1]) / 100 if text.endswith('%') else float(text)
    except ValueError:
        return None


def same(text, found):
    kind, value = found
    if kind == 'shown':
        a, b = number(text), number(value)
        if text == value:
            return True
        # Fifteen digits are shown.
        return a is not None and b is not None and abs(a - b) <= 1e-14 * abs(a)
    if kind == 'number':
        # A spreadsheet keeps sixteen digits.
        return abs(float(text) - float(value)) <= 1e-15 * abs(float(text))
    return kind in ('text', 'date') and text == value


def read_csv(path):
    with open(path, newline='', encoding='utf-8') as file:
        rows = list(csv.reader(file))
    return {(i, j): text for i, row in enumerate(rows) for j, text in enumerate(row) if text}


def differ(cells, path):
    wanted = read_csv(path)
    for where in sorted(wanted.keys() | cells.keys()):
        if where not in wanted or where not in cells or not same(wanted[where], cells[where]):
            return f'{where}: {wanted.get(where)!r} in csv, {cells.get(where)!r} in xlsx'
    return None


def main():
    if len(sys.argv) == 2:
        for name, cells in sheets(sys.argv[1]):
            for (row, column), (kind, value) in sorted(cells.items()):
                print(name, f'{row},{column}', kind, repr(value))
        return 0
    if sys.argv[1].endswith('.csv'):
        cells = {where: ('shown', text) for where, text in read_csv(sys.argv[1]).items()}
    else:
        (_, cells), = sheets(sys.argv[1])
    said = differ(cells, sys.argv[2])
    if said:
        print(said)
    return 1 if said else 0


if __name__ == '__main__':
    sys.exit(main())
