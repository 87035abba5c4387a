"""CycleGAN in PyTorch as an expert makes it fast on a GPU: the same step, captured once as a CUDA graph and then replayed.

At batch 1 an eager step waits for the host to launch kernel after kernel; a graph is launched as a whole. Beside that: a fused Adam, and the
memory layout and the algorithms that cuDNN's convolutions are fastest with.
"""
import torch

import protocol
from pytorch_launches import launches
from pytorch_training import Training, find_device

# Steps before the capture: in them cuDNN tries its algorithms, and Adam allocates its moments, neither of which can be recorded.
WARM_UP = 4


def tuned(task, device):
    """The training, set up for speed. Where there is no GPU, all but what only a GPU has.

    On a processor, PyTorch 2.15's InstanceNorm2d has wrong gradients where those of its output are channels_last.
    """
    torch.backends.cudnn.benchmark = True
    on_gpu = device.type == "cuda"
    memory_format = torch.channels_last if on_gpu else torch.contiguous_format
    return Training(task, device, memory_format=memory_format, fused=True, capturable=on_gpu)


def capture(step):
    """Records a step as a CUDA graph. Returns the graph and the tensors into which every replay writes the losses."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        losses = step()
    return graph, losses


def main():
    device = find_device()
    if device.type != "cuda":
        return protocol.decline("needs a CUDA GPU")
    training = tuned(protocol.task(), device)
    graph, losses = capture(training.step)

    def step():
        graph.replay()
        return {name: loss.item() for name, loss in losses.items()}

    protocol.serve(
        training.facts(), {"step": step}, weights=training.weights(), launches=lambda: launches(step, device)
    )


if __name__ == "__main__":
    main()
