"""The verification kit: releases with everything needed to audit them, without data, a broker or this project."""
