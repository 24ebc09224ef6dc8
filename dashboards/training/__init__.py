"""The page of training: what was trained, did it reflect the priorities, and what changed (paragraphs 161, 172)?"""
