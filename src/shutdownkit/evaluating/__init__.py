"""Judging the incidents of a list, and scoring what was said against the list's labels.

``cases`` says what is known of an incident, ``metrics`` how probabilities are scored, ``scores`` scores a
whole list as an ``evaluation``, ``plain`` and ``text`` write that down.
"""
