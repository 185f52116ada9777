"""Whole conversations, turn by turn: is each request taken for what it is, and is the answer what a person expects?"""
