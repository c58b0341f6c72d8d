"""The people and groups that the tests of the directory speak of."""

from reminders.core.directory import Directory, Group
from tests.builders import a_person

EVANS = a_person("M Evans", also=("Mary Evans", "Evans, M"))
MUNDY = a_person("I Mundy")
GILL = a_person("C Gill")
DALY = a_person("D Daly", email=None)
QUALITY = Group("Quality & Performance Group", "Q&P", "qp@westberks.example", also=("Quality & Performance Sub-Group",))
CSE = Group("CSE Sub-Group", "CSE", members=("M Evans", "l Mundy", "D Daly"))
BOARD = Directory([EVANS, MUNDY, GILL, DALY, a_person("F Gosling-Thomas")], [QUALITY, CSE])
