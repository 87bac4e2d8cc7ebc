#include "sentencepiece_border.h"
