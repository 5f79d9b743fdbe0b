"""Trains the network that hears by the voice whether a turn goes on: `python3 train.py OUT FOLDER/VOICE...`, on what make-examples.ts made.

Needs PyTorch (Debian: python3-torch). Writes OUT, an ONNX graph: features (float32 [1, 140, 200]) to log_odds (float32 [1]).
"""

import sys
import time

import numpy
import torch
from torch import nn

ROWS, FRAMES = 140, 200
STEPS_PER_UNIT = 60
BATCH = 64
EPOCHS = 12
HIDDEN = 96
TOP_RATE = 3e-3
WEIGHT_DECAY = 1e-2


class Prosody(nn.Module):
    """Two convolutions over 100 ms each, then a recurrent layer; the end is judged by its last state and by the highest value of each channel."""

    def __init__(self):
        super().__init__()
        self.near = nn.Sequential(
            nn.Conv1d(ROWS, HIDDEN, 5, 2, 2), nn.BatchNorm1d(HIDDEN), nn.ReLU(),
            nn.Conv1d(HIDDEN, HIDDEN, 5, 2, 2), nn.BatchNorm1d(HIDDEN), nn.ReLU(), nn.Dropout(0.15),
        )
        self.over_time = nn.GRU(HIDDEN, HIDDEN, batch_first=True)
        self.judge = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * HIDDEN, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, features):
        near = self.near(features)
        states, _ = self.over_time(near.transpose(1, 2))
        return self.judge(torch.cat([states[:, -1], near.amax(2)], 1))[:, 0]


def train(network, features, labels):
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    batches = len(labels) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, TOP_RATE, total_steps=EPOCHS * batches)
    for epoch in range(EPOCHS):
        started, losses = time.time(), []
        for batch in numpy.random.permutation(len(labels))[: batches * BATCH].reshape(batches, BATCH):
            heard = torch.from_numpy(features[numpy.sort(batch)]).float() / STEPS_PER_UNIT
            loss = nn.functional.binary_cross_entropy_with_logits(network(heard), torch.from_numpy(labels[numpy.sort(batch)]).float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {numpy.mean(losses):.3f}, {time.time() - started:.0f} s", flush=True)


def read(paths):
    features = [numpy.fromfile(f"{path}.features", numpy.int8).reshape(-1, ROWS, FRAMES) for path in paths]
    labels = [numpy.fromfile(f"{path}.labels", numpy.uint8) for path in paths]
    return numpy.concatenate(features), numpy.concatenate(labels)


def main(out, *paths):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    numpy.random.seed(1)
    features, labels = read(paths)
    print(f"{len(labels)} places, {labels.mean():.2f} of them ends", flush=True)
    network = Prosody()
    train(network, features, labels)
    network.eval()
    blank = torch.zeros(1, ROWS, FRAMES)
    names = {"input_names": ["features"], "output_names": ["log_odds"]}
    torch.onnx.export(network, blank, out, opset_version=14, **names)


main(*sys.argv[1:])
