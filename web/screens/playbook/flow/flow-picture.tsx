/** The picture: steps as cards, ways between them with how many went along each. */
import {
  Background,
  Panel as Corner,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import type { Flow, FlowNode } from '../../../../server/api/contract/playbook.ts';
import { shortened } from '../../../parts/subject-link.tsx';
import { type Formats, useFormats } from '../../../texts/formats.ts';
import { useTexts } from '../../../texts/texts.tsx';
import { leftFrom, shareOf, sumOf } from './counts.ts';
import { iconOf } from './icons.ts';
import { NODE_HEIGHT, NODE_WIDTH, type Placed, placed } from './layout.ts';
import { WayDrawn } from './way-drawn.tsx';

interface PictureProps {
  flow: Flow;
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}

type StepNode = Node<{ step: FlowNode; left: number; isChosen: boolean; onChoose: () => void }, 'step'>;

const nodeTypes = { step: StepCard };
const edgeTypes = { way: WayDrawn };
const LABEL_SHOWN = 42;
const MAX_HEIGHT = 980;
const MIN_HEIGHT = 320;

export default function FlowPicture(props: PictureProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

function Picture({ flow, chosen, onChoose }: PictureProps): ReactNode {
  const formats = useFormats();
  const labels = useMemo(() => labelsOf(flow, formats), [flow, formats]);
  const place = useMemo(() => placed(flow, labels), [flow, labels]);
  const nodes = flow.nodes.map(
    (step): StepNode => ({
      id: step.id,
      type: 'step',
      position: place.positions.get(step.id)!,
      width: NODE_WIDTH,
      height: NODE_HEIGHT,
      // The card in it is a button; the library takes what is not its own selection for no target.
      style: { pointerEvents: 'all' },
      data: {
        step,
        left: sumOf(leftFrom(flow, step.id)),
        isChosen: step.id === chosen,
        onChoose: () => onChoose(step.id === chosen ? undefined : step.id),
      },
    }),
  );
  const edges = useMemo(() => edgesOf(flow, labels, place), [flow, labels, place]);
  const height = Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, place.height));
  return (
    <div className="flow-picture" style={{ height }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        // Their own keys would take those that scroll the page.
        disableKeyboardA11y
        zoomOnScroll={false}
        preventScrolling={false}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1, minZoom: 0.55 }}
        minZoom={0.2}
        maxZoom={1.6}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={18} />
        <Zoom />
      </ReactFlow>
    </div>
  );
}

/** What each edge says: what leads along it, how many went, and which share of those who came to its beginning. */
function labelsOf(flow: Flow, formats: Formats): string[] {
  const byId = new Map(flow.nodes.map((it) => [it.id, it]));
  return flow.edges.map(({ from, label, count }) => {
    const share = shareOf(count, byId.get(from)!);
    const told = count === null ? '' : `${formats.count(count)}${share === null ? '' : ` · ${formats.percent(share)}`}`;
    const words = label === null ? '' : label.length > LABEL_SHOWN ? `${label.slice(0, LABEL_SHOWN)}…` : label;
    return [words, told].filter((it) => it !== '').join(' · ');
  });
}

function edgesOf(flow: Flow, labels: readonly string[], { ways }: Placed): Edge[] {
  const most = Math.max(1, ...flow.edges.map(({ count }) => count ?? 0));
  return flow.edges.map(({ from, to, kind, count }, at) => ({
    id: `${at}`,
    source: from,
    target: to,
    type: 'way',
    label: labels[at],
    data: { way: ways.get(at) },
    className: kind === 'loop' ? 'loop' : '',
    style: { strokeWidth: 1 + (2 * (count ?? 0)) / most },
    markerEnd: { type: MarkerType.ArrowClosed, markerUnits: 'userSpaceOnUse', width: 16, height: 16 },
    labelBgPadding: [6, 3],
    labelBgBorderRadius: 4,
  }));
}

function StepCard({ data }: NodeProps<StepNode>): ReactNode {
  const { flow: texts } = useTexts().playbook;
  const formats = useFormats();
  const { step, left, isChosen, onChoose } = data;
  const Icon = iconOf(step.kind);
  const refused = sumOf(step.refused);
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className={`step-card nopan kind-${step.kind}`}
        aria-pressed={isChosen}
        data-line=""
        onClick={onChoose}
      >
        <span className="step-title">
          <Icon size={15} aria-hidden="true" />
          <span className="words">{shortened(step.title)}</span>
          <strong className="number">{formats.count(step.entered)}</strong>
        </span>
        <span className="step-detail soft">{step.detail === null ? '' : shortened(step.detail)}</span>
        <span className="step-badges">
          {step.waiting > 0 && (
            <span className="badge info">
              {formats.count(step.waiting)} {texts.waiting}
            </span>
          )}
          {refused > 0 && (
            <span className="badge warn">
              {formats.count(refused)} {step.kind === 'start' ? texts.notLetIn : texts.refused}
            </span>
          )}
          {step.failed > 0 && (
            <span className="badge bad">
              {formats.count(step.failed)} {texts.failed}
            </span>
          )}
          {left > 0 && (
            <span className="badge">
              {formats.count(left)} {texts.left}
            </span>
          )}
        </span>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

function Zoom(): ReactNode {
  const { flow: texts } = useTexts().playbook;
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const buttons = [
    { name: texts.zoomIn, icon: ZoomIn, act: () => zoomIn() },
    { name: texts.zoomOut, icon: ZoomOut, act: () => zoomOut() },
    { name: texts.fit, icon: Maximize, act: () => fitView({ padding: 0.06 }) },
  ];
  return (
    <Corner position="top-right" className="flow-zoom">
      {buttons.map(({ name, icon: Icon, act }) => (
        <button
          key={name}
          type="button"
          className="icon-button"
          aria-label={name}
          title={name}
          onClick={() => void act()}
        >
          <Icon size={16} aria-hidden="true" />
        </button>
      ))}
    </Corner>
  );
}
