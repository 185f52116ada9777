"""Changes of an index that wait for each other: those of the page and of programs in its process, in one queue.

    Change joins -> its turn -> a part of it -> it joins again -> ... -> the report of all parts

One writes at a time, and among people the one who has waited longest since their last turn. Between processes there is the
lock of the index alone.
"""
