#!/usr/bin/env bash
# Runs the kernels for AVX-512 VNNI against scalar where this machine has no such CPU: in a small Linux on one that Bochs
# emulates.
set -euo pipefail
cd "$(dirname "$0")/../.."
if grep -qw avx512_vnni /proc/cpuinfo; then
  echo "avx512: this machine has it, so that the other suites run its kernels"
  exit 0
fi
[ "$(uname -m)" = x86_64 ] || { echo "skipped avx512: this machine builds no programs for x86_64"; exit 77; }
kernel=$(find /boot -name 'vmlinuz-*-cloud-amd64' | sort -V | tail -1)
loader=(/usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32)
for need in bochs busybox cpio genisoimage "${loader[@]}" "${kernel:-vmlinuz-cloud-amd64}"; do
  { [ -e "$need" ] || command -v "$need" >/dev/null; } && continue
  echo "skipped avx512: no $need; install bochs, busybox-static, cpio, genisoimage, isolinux, linux-image-cloud-amd64 and syslinux-common"
  exit 77
done

build=build/avx512
cmake -S . -B $build -DCMAKE_EXE_LINKER_FLAGS=-static >/dev/null
cmake --build $build --parallel 2 --target kernels_test >/dev/null

machine=$build/machine cpu=corei7_icelake_u
rm -rf $machine
mkdir -p $machine/root/dev $machine/disk
cp "$(command -v busybox)" $build/kernels_test $machine/root
cat >$machine/root/init <<INIT
#!/busybox sh
/busybox mount -t devtmpfs dev /dev
/busybox stty -F /dev/ttyS1 -onlcr
EDGEC_LEDGER=/dev/ttyS1 EDGEC_MACHINE="Bochs $cpu" /kernels_test 1 100 x86_avx512vnni
echo "exit code \$?"
/busybox sleep 1
/busybox poweroff -f
INIT
chmod +x $machine/root/init
(cd $machine/root && find . | cpio --quiet -o -H newc) >$machine/disk/initrd

# What Linux must not use: protection keys and compact XSAVE, whose sizes Bochs 2.7 gets wrong, and short moves as strings,
# which break where all other string moves are off.
cat >$machine/disk/isolinux.cfg <<CONFIG
default linux
label linux
  kernel linux
  initrd initrd
  append console=ttyS0,115200 quiet panic=-1 nokaslr mitigations=off clearcpuid=pku,xsaves,xsavec,fsrm
CONFIG
cp "$kernel" $machine/disk/linux
cp "${loader[@]}" $machine/disk
genisoimage -quiet -o $machine/disk.iso -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table $machine/disk

cat >$machine/bochsrc <<CONFIG
cpu: model=$cpu, ips=50000000
memory: guest=512, host=512
ata0-master: type=cdrom, path=$machine/disk.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$machine/console.log
com2: enabled=1, mode=file, dev=$machine/ledger.tsv
display_library: rfb, options="timeout=0"
sound: driver=dummy
speaker: enabled=0
panic: action=fatal
log: $machine/bochs.log
CONFIG
# Debian's Bochs waits in its debugger to be told to go on, and ends with an error however the guest ends.
timeout 900 bochs -q -f $machine/bochsrc <<<c >$machine/bochs.out 2>&1 || true
cat $machine/console.log
cat $machine/ledger.tsv >>build/variants.tsv
grep -q '^exit code 0' $machine/console.log || { tail -n 30 $machine/bochs.out; exit 1; }
