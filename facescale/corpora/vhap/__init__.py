"""VHAP: what its tracker reads of a rig's sequences, and what it exports for avatars made of splats."""
