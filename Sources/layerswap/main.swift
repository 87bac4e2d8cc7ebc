print("layerswap")
