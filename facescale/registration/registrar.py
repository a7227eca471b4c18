"""Scans to a head model, end to end: owns the head's matching surface and search tree. Reads and writes nothing."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from facescale.fitting.levenberg_marquardt import LmState
from facescale.fitting.robust import spread
from facescale.fitting.status import SolveStatus
from facescale.fitting.surface_matches import Matches, MatchingSurface, match
from facescale.fitting.unknowns import Layout, Unknowns
from facescale.geometry.surface import SurfaceBvh
from facescale.heads.template import AbstractTemplateHead
from facescale.registration import fast, plausible
from facescale.registration.batch import Batch, Precisions
from facescale.registration.config import RegistrationConfig
from facescale.registration.head_template import HeadTemplate
from facescale.registration.prepare import prepare
from facescale.registration.result import Plausibility, RegistrationResult
from facescale.registration.sample import Sample
from facescale.registration.scan_problem import Carried, ScanProblem
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected

LANES_ON_GPU = 32
