"""Files typed by hand after each format's documentation, and plain arithmetic for what their formulas share."""

import dataclasses

import torch

from facescale.geometry.cameras.formats.views import CalibratedViews
from tests.geometry.cameras import scenes

POINT = (0.31, -0.42, 0.53)

OPENCV_YAML = b"""%YAML:1.0
---
calibration_time: "Tue 21 Oct 2025"
image_width: 640
image_height: 480
flags: 0
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 5.32e+02, 0., 3.42e+02, 0., 5.30e+02,
       2.33e+02, 0., 0., 1. ]
distortion_coefficients: !!opencv-matrix
   rows: 5
   cols: 1
   dt: d
   data: [ -2.8e-01, 2.5e-02, 1.2e-03, -1.3e-04, 1.6e-01 ]
R: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 0., -1., 0., 1., 0., 0., 0., 0., 1. ]
T: !!opencv-matrix
   rows: 3
   cols: 1
   dt: d
   data: [ 0.1, -0.2, 2. ]
avg_reprojection_error: 3.9e-01
"""

COLMAP_CAMERAS = b"""# Camera list with one line of data per camera:
#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]
# Number of cameras: 2
7 OPENCV 3072 2304 2560.5 2559.5 1540 1150 -0.02 0.01 0.001 -0.002
3 SIMPLE_RADIAL 3072 2304 2559.69 1536 1152 -0.0218531
"""

COLMAP_IMAGES = b"""# Image list with two lines of data per image:
#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME
#   POINTS2D[] as (X, Y, POINT3D_ID)
# Number of images: 2, mean observations per image: 1
1 0.6 0 0.8 0 -0.7 1.0 3.7 7 left/P 1.JPG

12 0.6 0.8 0 0 -0.7 1.0 3.7 3 P2.JPG
1190.83 663.957 23056 1258.77 640.354 -1
"""

NERF = b"""{
  "camera_angle_x": 0.9272952180016122,
  "w": 800, "h": 600,
  "k1": 0.05,
  "frames": [
    {"file_path": "./train/r_0", "rotation": 0.0125,
     "transform_matrix": [[0, 0, 1, 4], [1, 0, 0, 0.5], [0, 1, 0, -0.25], [0, 0, 0, 1]]},
    {"file_path": "./train/r_1", "fl_x": 1000, "fl_y": 990.0, "cx": 410.5, "cy": 295, "k1": 0.0, "p2": 0.002,
     "transform_matrix": [[1, 0, 0, 0.5], [0, 1, 0, -0.25], [0, 0, 1, 4], [0, 0, 0, 1]]}
  ]
}
"""

KRT = b"""400002
7695.2 0 819.1
0 7693.0 962.6
0 0 1
0 0 0 0 0
1 0 0 12.5
0 -1 0 30.0
0 0 -1 1100

400004
7600 0 800
0 7601 1000
0 0 1
0.1 0.2 0.003 -0.004 0.05
0 0 1 -20
0 1 0 10
-1 0 0 1050.5

"""

METASHAPE = b"""<?xml version="1.0" encoding="UTF-8"?>
<document version="1.5.0">
  <chunk label="Chunk 1" enabled="true">
    <sensors next_id="1">
      <sensor id="0" label="unknown" type="frame">
        <resolution width="2256" height="1504"/>
        <property name="fixed" value="0"/>
        <calibration type="frame" class="adjusted">
          <resolution width="2256" height="1504"/>
          <f>1940.5</f>
          <cx>13.25</cx>
          <cy>-9.5</cy>
          <b1>2.5</b1>
          <k1>-0.105</k1>
          <k2>0.18</k2>
          <k3>-0.06</k3>
          <p1>0.002</p1>
          <p2>0.0005</p2>
        </calibration>
      </sensor>
    </sensors>
    <cameras next_id="2" next_group_id="0">
      <camera id="0" label="A" sensor_id="0" enabled="true">
        <transform>0 1 0 0.3 -1 0 0 0.1 0 0 1 -2 0 0 0 1</transform>
      </camera>
      <camera id="1" label="B" sensor_id="0" enabled="true"/>
    </cameras>
    <transform>
      <rotation locked="true">0 0 1 1 0 0 0 1 0</rotation>
      <translation locked="true">0.5 0.25 -1</translation>
      <scale locked="true">0.125</scale>
    </transform>
  </chunk>
</document>
"""

REALITYCAPTURE = b"""#cameras 2
#name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2
a.jpg,0.3,-4.5,1.5,30,80,5,24,0.01,-0.02,-0.2,0.05,-0.01,0,0.001,-0.002
b.jpg,1,2,30,0,0,0,50,0,0,0,0,0,0,0,0
"""


def distorted(x, y, k1=0.0, k2=0.0, k3=0.0, along=0.0, across=0.0):
    """Brown's formula; `across` is OpenCV's p1, `along` its p2."""
    s = x * x + y * y
    radial = 1 + k1 * s + k2 * s * s + k3 * s**3
    return (
        x * radial + 2 * across * x * y + along * (s + 2 * x * x),
        y * radial + across * (s + 2 * y * y) + 2 * along * x * y,
    )


def pixel(cameras, index, point):
    """Where a reader's camera sees a point."""
    seen = cameras.select(slice(index, index + 1)).project(torch.tensor([[point]], dtype=torch.float64))
    assert seen.usable.all()
    return seen.pixels[0, 0].tolist()


def random_views(*, metric=True, square=False, distorted=True, names=("a.jpg", "b.jpg", "c.jpg")):
    cameras = scenes.pinhole(4, len(names), distorted=distorted)
    if square:
        cameras = dataclasses.replace(cameras, focal=cameras.focal[:, :1].expand(-1, 2))
    return CalibratedViews(names=tuple(names), cameras=cameras, metric=metric)


def assert_same(found, expected, tolerance=1e-9):
    assert found.names == expected.names
    assert found.metric == expected.metric
    for field in dataclasses.fields(expected.cameras):
        ours, theirs = (
            getattr(expected.cameras, field.name).double(),
            getattr(found.cameras, field.name).double(),
        )
        assert torch.allclose(ours, theirs, atol=tolerance, rtol=1e-9), field.name
