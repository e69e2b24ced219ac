; ModuleID = 's1'
source_filename = "s1"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(write, argmem: readwrite, inaccessiblemem: readwrite, target_mem0: none, target_mem1: none)
define range(i32 0, 2) i32 @s1_f(ptr readnone captures(none) %0, i64 %1, ptr readonly captures(none) %2) local_unnamed_addr #0 {
  %4 = alloca [3 x double], align 64
  %5 = getelementptr i8, ptr %2, i64 8
  %.val = load ptr, ptr %5, align 8
  tail call void @llvm.experimental.noalias.scope.decl(metadata !1)
  call void @llvm.lifetime.start.p0(ptr nonnull %4)
  %6 = icmp slt i64 %1, 0
  %7 = add i64 %1, 3
  store <2 x double> <double 1.500000e+00, double 2.500000e+00>, ptr %4, align 64, !noalias !1
  %8 = getelementptr inbounds nuw i8, ptr %4, i64 16
  store double 3.000000e+00, ptr %8, align 16, !noalias !1
  %9 = select i1 %6, i64 %7, i64 %1
  %10 = icmp ult i64 %9, 3
  br i1 %10, label %11, label %pyc._mlir_ciface_f.exit

11:                                               ; preds = %3
  %12 = getelementptr inbounds nuw double, ptr %4, i64 %9
  %13 = load double, ptr %12, align 8, !noalias !1
  store double %13, ptr %.val, align 8, !alias.scope !1
  br label %pyc._mlir_ciface_f.exit

pyc._mlir_ciface_f.exit:                          ; preds = %3, %11
  %common.ret.op.i.i = phi i32 [ 0, %11 ], [ 1, %3 ]
  call void @llvm.lifetime.end.p0(ptr nonnull %4)
  ret i32 %common.ret.op.i.i
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(inaccessiblemem: readwrite)
declare void @llvm.experimental.noalias.scope.decl(metadata) #1

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #2

attributes #0 = { mustprogress nofree norecurse nosync nounwind willreturn memory(write, argmem: readwrite, inaccessiblemem: readwrite, target_mem0: none, target_mem1: none) }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(inaccessiblemem: readwrite) }
attributes #2 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }

!llvm.module.flags = !{!0}

!0 = !{i32 2, !"Debug Info Version", i32 3}
!1 = !{!2}
!2 = distinct !{!2, !3, !"pyc.f: argument 0"}
!3 = distinct !{!3, !"pyc.f"}
