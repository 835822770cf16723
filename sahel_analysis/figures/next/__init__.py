"""The figures that replace those beside this folder, once reports draw them."""
